import type { RecordingEvent } from 'backstage-plugin-kubernetes-audit-common';
import { limitSize, toScreenOperations } from './screenOperations';

const bytes = (text: string) => new TextEncoder().encode(text);
const event = (type: RecordingEvent['type'], text: string): RecordingEvent => ({
  type,
  time: 0,
  data: bytes(text),
});

describe('toScreenOperations', () => {
  it('joins output and stderr between resizes, and shows no input', () => {
    expect(
      toScreenOperations([
        event('header', '{}'),
        event('output', 'a'),
        event('input', 'secret'),
        event('error', 'b'),
        event('marker', 'm'),
        event('resize', '120x40'),
        event('output', 'c'),
        event('exit', '{}'),
      ]),
    ).toEqual([
      { type: 'write', data: bytes('ab') },
      { type: 'resize', size: { columns: 120, rows: 40 } },
      { type: 'write', data: bytes('c') },
    ]);
  });

  it('keeps a character whole whose bytes are split across events', () => {
    const [first, ...rest] = bytes('ü');
    const operations = toScreenOperations([
      { type: 'output', time: 0, data: Uint8Array.of(first) },
      { type: 'output', time: 1, data: Uint8Array.from(rest) },
    ]);
    expect(operations).toEqual([{ type: 'write', data: bytes('ü') }]);
  });

  it.each(['', '80', '80x', 'x24', '-1x5', '1e9x1e9', '80x24;rm'])(
    'ignores the malformed size %j',
    text => {
      expect(toScreenOperations([event('resize', text)])).toEqual([]);
    },
  );

  it('lets no recording ask for a terminal that takes all memory', () => {
    expect(toScreenOperations([event('resize', '65535x65535')])).toEqual([
      { type: 'resize', size: { columns: 1000, rows: 500 } },
    ]);
    expect(limitSize({ columns: 0, rows: 0 })).toEqual({ columns: 1, rows: 1 });
  });
});
