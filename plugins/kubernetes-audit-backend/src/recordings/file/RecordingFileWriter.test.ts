import type {
  RecordingEvent,
  RecordingFileFormat,
} from 'backstage-plugin-kubernetes-audit-common';
import {
  headerEvent,
  recordingEvent,
  recordingHeader,
} from '../../__testUtils__/recordingChunk';
import { createRecordingFileWriter } from './RecordingFileWriter';

const header = recordingHeader();

function fileOf(
  format: RecordingFileFormat,
  events: RecordingEvent[],
  of = header,
): string {
  const writer = createRecordingFileWriter(format, of);
  return writer.head() + events.map(event => writer.write(event)).join('');
}

const euro = Buffer.from('€');
const events = [
  headerEvent(header),
  recordingEvent('output', 1_500_000, '$ '),
  recordingEvent('output', 2_000_000, euro.subarray(0, 1)),
  recordingEvent('output', 2_250_000, euro.subarray(1)),
  recordingEvent('resize', 3_000_000, '100x30'),
  recordingEvent('input', 3_000_001, 'q'),
  recordingEvent('marker', 4_000_000, ''),
  recordingEvent('error', 4_000_000, 'bye\r\n'),
  recordingEvent('exit', 5_000_000, '{"exitCode":3,"reason":"ended"}'),
];

describe('recording files', () => {
  it('are asciicast v2 with times since the start', () => {
    const [head, ...lines] = fileOf('v2', events).trimEnd().split('\n');
    expect(JSON.parse(head)).toMatchObject({
      version: 2,
      width: 80,
      height: 24,
      timestamp: 1_795_312_061,
      title: header.name,
    });
    expect(lines.map(line => JSON.parse(line))).toEqual([
      [1.5, 'o', '$ '],
      [2.25, 'o', '€'],
      [3, 'r', '100x30'],
      [3.000001, 'i', 'q'],
      [4, 'm', ''],
      [4, 'o', 'bye\r\n'],
    ]);
  });

  it('are asciicast v3 with times since the line before and the exit code', () => {
    const [head, ...lines] = fileOf('v3', events).trimEnd().split('\n');
    expect(JSON.parse(head)).toEqual({
      version: 3,
      term: { cols: 80, rows: 24, type: 'xterm-256color' },
      timestamp: 1_795_312_061,
      title: header.name,
      command: 'sh -c date',
    });
    expect(lines).toEqual([
      '[1.500000, "o", "$ "]',
      '[0.750000, "o", "€"]',
      '[0.750000, "r", "100x30"]',
      '[0.000001, "i", "q"]',
      '[0.999999, "m", ""]',
      '[0.000000, "o", "bye\\r\\n"]',
      '[1.000000, "x", "3"]',
    ]);
  });

  it('in v3 have no exit event when there is no exit code', () => {
    const cut = [recordingEvent('exit', 1, '{"reason":"idle"}')];
    expect(fileOf('v3', cut)).toBe(fileOf('v3', []));
  });

  it('are text without control sequences, wherever these are cut', () => {
    const output =
      'a\u001b[1;31mred\u001b[0m\u001b]0;title\u0007b\u001bP+q\u001b\\c\r\n' +
      'd\r\r\ne\u001b(Bf\u0008\u009b2Jg\tprogress 1\rprogress 2\u001b[\u0018h\n€\u001b7i';
    const expected = 'aredbc\nd\nefg\tprogress 1\nprogress 2h\n€i';
    const bytes = Buffer.from(output);
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(
        fileOf('text', [
          recordingEvent('output', 0, bytes.subarray(0, cut)),
          recordingEvent('input', 0, 'typed'),
          recordingEvent('output', 0, bytes.subarray(cut)),
        ]),
      ).toBe(expected);
    }
  });

  it('tell in text, too, what is missing', () => {
    expect(
      fileOf('text', [
        recordingEvent('output', 0, 'before'),
        recordingEvent('marker', 1, '\u001b[2J7 damaged bytes'),
        recordingEvent('marker', 1, ''),
        recordingEvent('output', 2, 'after'),
      ]),
    ).toBe('before\n[7 damaged bytes]\nafter');
  });

  it.each([
    ['v2', '[0.500000, "o", "a\\r\\nb\\r\\n"]\n'],
    ['v3', '[0.500000, "o", "a\\r\\nb\\r\\n"]\n'],
    ['text', 'a\nb\n'],
  ] as const)(
    'in %s have line ends for a terminal where the session had none',
    (format, line) => {
      const piped = recordingHeader({ tty: false });
      const output = [recordingEvent('output', 500_000, 'a\nb\r\n')];
      expect(fileOf(format, output, piped)).toBe(
        fileOf(format, [], piped) + line,
      );
    },
  );

  it.each(['v2', 'v3'] as const)(
    'in %s have the line ends that a terminal has sent',
    format => {
      const output = [recordingEvent('output', 500_000, 'a\nb\r\n')];
      expect(fileOf(format, output)).toContain('"a\\nb\\r\\n"');
    },
  );
});
