import { AsciicastWriter } from './asciicast';

describe('AsciicastWriter', () => {
  it('keeps a character that is split across events whole', () => {
    const writer = AsciicastWriter.create();
    const euro = new TextEncoder().encode('a€b');
    const lines = [euro.subarray(0, 2), euro.subarray(2)].map((data, i) =>
      writer.write({ type: 'output', time: i * 1_000_000, data }),
    );
    expect(lines.map(line => JSON.parse(line))).toEqual([
      [0, 'o', 'a'],
      [1, 'o', '€b'],
    ]);
  });

  it('does not mix the split characters of stdout and stderr', () => {
    const writer = AsciicastWriter.create();
    const euro = new TextEncoder().encode('€');
    writer.write({ type: 'output', time: 0, data: euro.subarray(0, 1) });
    const error = writer.write({
      type: 'error',
      time: 1,
      data: new TextEncoder().encode('x'),
    });
    const output = writer.write({
      type: 'output',
      time: 2,
      data: euro.subarray(1),
    });
    expect(JSON.parse(error)[2]).toBe('x');
    expect(JSON.parse(output)[2]).toBe('€');
  });

  it('keeps a byte order mark that the session printed', () => {
    const writer = AsciicastWriter.create();
    const data = new TextEncoder().encode('\ufeffa');
    const line = writer.write({ type: 'output', time: 0, data });
    expect(JSON.parse(line)[2]).toBe('\ufeffa');
  });

  it('writes resizes as COLSxROWS and leaves header and exit out', () => {
    const writer = AsciicastWriter.create();
    const data = new TextEncoder().encode('120x40');
    expect(writer.write({ type: 'resize', time: 2_500_000, data })).toBe(
      '[2.500000, "r", "120x40"]\n',
    );
    expect(writer.write({ type: 'header', time: 0, data })).toBe('');
    expect(writer.write({ type: 'exit', time: 0, data })).toBe('');
  });

  it('makes line ends whole where the session had no terminal to do so', () => {
    const data = new TextEncoder().encode('a\nb\r\nc\rd');
    const textOf = (tty: boolean, type: 'output' | 'error' | 'input') =>
      JSON.parse(
        AsciicastWriter.create({ tty }).write({ type, time: 0, data }),
      )[2];
    expect(textOf(false, 'output')).toBe('a\r\nb\r\nc\rd');
    expect(textOf(false, 'error')).toBe('a\r\nb\r\nc\rd');
    expect(textOf(false, 'input')).toBe('a\nb\r\nc\rd');
    expect(textOf(true, 'output')).toBe('a\nb\r\nc\rd');
  });
});
