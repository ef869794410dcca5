import { ProbedTerminal } from '../__testUtils__/ProbedTerminal';
import { XtermScreen } from './XtermScreen';

jest.mock('@xterm/xterm', () => ({
  Terminal: jest.requireActual('../__testUtils__/ProbedTerminal')
    .ProbedTerminal,
}));

const bytes = (text: string) => new TextEncoder().encode(text);

function setUp(options: { tty: boolean; columns?: number; rows?: number }) {
  const container = document.createElement('div');
  const screen = XtermScreen.create({
    container,
    size: { columns: options.columns ?? 20, rows: options.rows ?? 5 },
    tty: options.tty,
    fontFamily: 'monospace',
  });
  const terminal = ProbedTerminal.last;
  const lines = () =>
    Array.from({ length: terminal.rows }, (_, row) =>
      terminal.buffer.active.getLine(row)?.translateToString(true),
    ).filter(Boolean);
  return { screen, terminal, lines };
}

describe('XtermScreen', () => {
  it('lets nothing reach out of the screen: titles, links, the clipboard, files', async () => {
    const { screen, terminal, lines } = setUp({ tty: true });
    await screen.write(
      bytes(
        'a\x1b]0;pwned\x07\x1b]2;pwned\x1b\\\x1b]7;file:///etc\x07' +
          '\x1b]8;;https://evil.example/\x07link\x1b]8;;\x07' +
          '\x1b]9;note\x07\x1b]52;c;cHduZWQ=\x07\x1b]52;c;?\x07' +
          '\x1b]777;notify;a;b\x07\x1b]1337;File=name=eA==:eA==\x07b',
      ),
    );
    expect(terminal.reached).toEqual([]);
    expect(lines()).toEqual(['alinkb']);
  });

  it('sets its colours again only after a recording has changed them', async () => {
    const { screen, terminal } = setUp({ tty: true });
    const size = { columns: 20, rows: 5 };
    const theme = terminal.options.theme;
    await screen.write(bytes('\x1b[31mred'));
    screen.reset(size);
    expect(terminal.options.theme).toBe(theme);
    await screen.write(bytes('\x1b]11;#ffffff\x07'));
    screen.reset(size);
    expect(terminal.options.theme).not.toBe(theme);
    expect(terminal.options.theme).toEqual(theme);
  });

  it('stays deaf after it was reset', async () => {
    const { screen, terminal } = setUp({ tty: true });
    screen.reset({ columns: 20, rows: 5 });
    await screen.write(bytes('\x1b]0;pwned\x07\x1b]52;c;cHduZWQ=\x07'));
    expect(terminal.reached).toEqual([]);
  });

  it('takes no input, no key and no place in the tab order', () => {
    const { terminal } = setUp({ tty: true });
    expect(terminal.options.disableStdin).toBe(true);
    expect(terminal.keyHandler?.(new KeyboardEvent('keydown'))).toBe(false);
    expect(terminal.textarea.tabIndex).toBe(-1);
    expect(terminal.textarea.readOnly).toBe(true);
  });

  it('begins each line at the left where no terminal did so', async () => {
    const piped = setUp({ tty: false });
    await piped.screen.write(bytes('one\ntwo'));
    expect(piped.lines()).toEqual(['one', 'two']);
    const terminal = setUp({ tty: true });
    await terminal.screen.write(bytes('one\ntwo'));
    expect(terminal.lines()).toEqual(['one', '   two']);
  });

  it('keeps a character whole across writes', async () => {
    const { screen, lines } = setUp({ tty: true });
    const [first, ...rest] = bytes('→');
    screen.write(Uint8Array.of(first));
    await screen.write(Uint8Array.from(rest));
    expect(lines()).toEqual(['→']);
  });

  it('takes the recorded size, within what a viewer can bear', async () => {
    const { screen, terminal } = setUp({
      tty: true,
      columns: 65535,
      rows: 65535,
    });
    expect([terminal.cols, terminal.rows]).toEqual([1000, 500]);
    screen.resize({ columns: 132, rows: 43 });
    expect([terminal.cols, terminal.rows]).toEqual([132, 43]);
  });

  it('forgets what it showed when it is reset', async () => {
    const { screen, lines } = setUp({ tty: true });
    await screen.write(bytes('\x1b[?1049hfull screen'));
    screen.reset({ columns: 20, rows: 5 });
    await screen.write(bytes('new'));
    expect(lines()).toEqual(['new']);
  });

  it('shows no empty screen between a reset and what is written next', async () => {
    const { screen, terminal, lines } = setUp({ tty: true });
    await screen.write(bytes('old'));
    screen.reset({ columns: 20, rows: 5 });
    expect(lines()).toEqual(['old']);
    await screen.write(bytes('new'));
    expect(lines()).toEqual(['new']);
    screen.reset({ columns: 30, rows: 6 });
    expect(lines()).toEqual([]);
    expect([terminal.cols, terminal.rows]).toEqual([30, 6]);
  });

  it('keeps lines above the screen as long as that is wanted', async () => {
    const { screen, terminal } = setUp({ tty: true });
    const page = bytes('line\r\n'.repeat(20));
    screen.keepLines(false);
    await screen.write(page);
    expect(terminal.buffer.normal.length).toBe(5);
    screen.keepLines(true);
    await screen.write(page);
    expect(terminal.buffer.normal.length).toBe(25);
  });

  it.each([
    ['device attributes', '\x1b[c\x1b[>c\x1b[=c'],
    ['status and cursor reports', '\x1b[5n\x1b[6n\x1b[?6n'],
    ['mode and setting requests', '\x1b[?1$p\x1bP$qm\x1b\\'],
    ['colour queries', '\x1b]4;1;?\x07\x1b]10;?\x07\x1b]11;?\x07'],
    ['window reports', '\x1b[14t\x1b[18t\x1b[21t'],
    ['the answerback', '\x05'],
    ['focus and paste modes', '\x1b[?1004h\x1b[?2004h'],
  ])('sends no answer to %s', async (_title, query) => {
    const { screen, terminal, lines } = setUp({ tty: true });
    await screen.write(bytes(`a${query}b`));
    expect(terminal.listened).toEqual([]);
    expect(lines()).toEqual(['ab']);
  });

  it('shows markup as the text that it is', async () => {
    const { screen, lines } = setUp({ tty: true, columns: 60 });
    const markup = '<img src=x onerror=alert(1)><script>';
    await screen.write(bytes(markup));
    expect(lines()).toEqual([markup]);
  });

  it.each(['b', 'L', 'M', 'S', 'T', 'I', 'Z'])(
    'does not repeat CSI %s for hours',
    async final => {
      const { screen, lines } = setUp({ tty: true });
      const begin = performance.now();
      await screen.write(bytes(`a\x1b[2147483647${final}`));
      await screen.write(bytes(`\x1b[1001${final}`.repeat(20_000)));
      await screen.write(bytes('b'));
      expect(performance.now() - begin).toBeLessThan(5000);
      expect(lines()).toEqual(['ab']);
    },
  );

  it.each([9, 1000, 1002, 1003])(
    'leaves the mouse to the viewer, who selects text: mode %i',
    async mode => {
      const { screen, terminal } = setUp({ tty: true });
      await screen.write(bytes(`\x1b[?${mode}h\x1b[?${mode};1006h`));
      expect(terminal.modes.mouseTrackingMode).toBe('none');
    },
  );

  it.each([
    ['an OSC that does not end', `\x1b]52;c;${'A'.repeat(100_000)}`],
    ['a DCS that does not end', `\x1bPq${'~'.repeat(100_000)}`],
    ['parameters without end', `\x1b[${'1;'.repeat(50_000)}m`],
    ['bytes that are no text', '\xff\xfe\x00\x80'],
  ])('comes back to the text after %s', async (_title, noise) => {
    const { screen, terminal, lines } = setUp({ tty: true });
    await screen.write(bytes(noise));
    screen.reset({ columns: 20, rows: 5 });
    await screen.write(bytes('\x1b\\text'));
    expect(terminal.reached).toEqual([]);
    expect(lines().join('')).toContain('text');
  });
});
