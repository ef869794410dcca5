import { XtermScreen } from './XtermScreen';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('XtermScreen', () => {
  let container: HTMLDivElement;

  beforeEach(() => {
    window.matchMedia ??= jest.fn().mockReturnValue({
      matches: false,
      addListener: () => {},
      removeListener: () => {},
    });
    container = document.createElement('div');
    document.body.append(container);
  });

  afterEach(() => container.remove());

  it('shows hostile output without links, titles or answers', async () => {
    const writeText = jest.fn();
    Object.defineProperty(navigator, 'clipboard', {
      value: { writeText },
      configurable: true,
    });
    document.title = 'before';
    const screen = XtermScreen.create({
      container,
      size: { columns: 80, rows: 24 },
      tty: true,
      fontFamily: 'monospace',
    });
    await screen.write(
      bytes(
        'a\x1b]0;pwned\x07\x1b]52;c;cHduZWQ=\x07\x1b]8;;https://evil.example/\x07link\x1b]8;;\x07\x1b[c\x1b]52;c;?\x07',
      ),
    );
    expect(writeText).not.toHaveBeenCalled();
    expect(document.title).toBe('before');
    expect(container.querySelector('a')).toBeNull();
    screen.dispose();
  });

  it('takes no key and no place in the tab order', () => {
    const screen = XtermScreen.create({
      container,
      size: { columns: 80, rows: 24 },
      tty: true,
      fontFamily: 'monospace',
    });
    const input = container.querySelector('textarea');
    expect(input).toHaveAttribute('readonly');
    expect(input).toHaveAttribute('tabindex', '-1');
    screen.dispose();
  });
});
