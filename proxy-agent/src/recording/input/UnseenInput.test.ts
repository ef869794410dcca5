import { createInputTranscript } from './createInputTranscript';
import { UnseenInput } from './UnseenInput';

describe('UnseenInput', () => {
  const record = (pieces: Buffer[]) => {
    const input = UnseenInput.create();
    return Buffer.concat([
      ...pieces.map(piece => input.typed(piece)),
      input.end(),
    ]).toString();
  };

  it('tells that something was sent, and nothing of what, wherever it is cut', () => {
    const sent = Buffer.from('hunter2\nrm -rf /data\n');
    for (let at = 0; at <= sent.length; at++) {
      expect(record([sent.subarray(0, at), sent.subarray(at)])).toBe(
        '<masked>\n<masked: 1 KiB in all>\n',
      );
    }
    expect(record(Array.from(sent, byte => Buffer.of(byte)))).toBe(
      record([sent]),
    );
  });

  it('tells the size in KiB: short secrets of any length look the same', () => {
    expect(record([Buffer.from('x')])).toBe(record([Buffer.alloc(1024, 'x')]));
    expect(record([Buffer.alloc(1025)])).toContain('2 KiB');
    expect(record([])).toBe('');
  });

  it('notes anew what is sent after something was shown', () => {
    const input = UnseenInput.create();
    expect(input.typed(Buffer.from('a')).toString()).toBe('<masked>\n');
    expect(input.typed(Buffer.from('b')).toString()).toBe('');
    input.shown();
    expect(input.typed(Buffer.from('c')).toString()).toBe('<masked>\n');
  });
});

describe('createInputTranscript', () => {
  it.each([
    [false, true, undefined],
    [false, false, undefined],
    [true, true, 'TerminalInput'],
    [true, false, 'UnseenInput'],
    ['all', true, 'TerminalInput'],
    ['all', false, 'PipedInput'],
  ] as const)(
    'gives for recordInput %p and a terminal %p %s',
    (recordInput, tty, expected) => {
      expect(
        createInputTranscript({ recordInput, tty })?.constructor.name,
      ).toBe(expected);
    },
  );
});
