import fc from 'fast-check';
import { decodeKeyframe } from 'backstage-plugin-kubernetes-audit-common';
import { differences } from '../__testUtils__/readCells';
import { ReplayTerminal } from './ReplayTerminal';

const SIZE = { columns: 12, rows: 5 };
const RUNS = 1500;

const small = fc.integer({ min: 0, max: 14 });
const csi = (final: string, ...parameters: fc.Arbitrary<number>[]) =>
  fc.tuple(...parameters).map(values => `\x1b[${values.join(';')}${final}`);
const oneOf = (...values: string[]) => fc.constantFrom(...values);

const text = fc
  .array(
    oneOf(
      ...[...'abqxjl~#[@ '],
      '漢',
      '字',
      'ｗ',
      'e\u0301',
      '\u0302',
      '🙂',
      '\u2764\ufe0f',
      '한',
      '\u200d',
    ),
    { minLength: 1, maxLength: 14 },
  )
  .map(characters => characters.join(''));

const sgr = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        0,
        1,
        2,
        3,
        4,
        5,
        7,
        8,
        9,
        21,
        22,
        23,
        24,
        25,
        27,
        28,
        29,
      ),
      fc.constantFrom(31, 37, 39, 42, 47, 49, 53, 55, 59, 93, 105),
      fc.constantFrom('4:0', '4:2', '4:3', '4:5', '38;5;200', '48;5;17'),
      fc.constantFrom('38;2;1;2;3', '48;2;200;100;50', '58;5;9', '58;2;7;8;9'),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map(codes => `\x1b[${codes.join(';')}m`);

const move = fc.oneof(
  csi('H', small, small),
  csi('G', small),
  csi('d', small),
  fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F').chain(f => csi(f, small)),
  oneOf('\r', '\n', '\r\n', '\b', '\t', '\x1bD', '\x1bM', '\x1bE', '\x1b[Z'),
);

const edit = fc.oneof(
  fc
    .constantFrom('@', 'P', 'X', 'L', 'M', 'S', 'T', ' @', ' A', "'}", "'~")
    .chain(f => csi(f, fc.integer({ min: 0, max: 4 }))),
  fc.constantFrom('J', 'K').chain(f => csi(f, fc.integer({ min: 0, max: 2 }))),
  oneOf('\x1b[?J', '\x1b[?1K', '\x1b[?2J', '\x1b[2b', '\x1b[b', '\x1b#8'),
);

const mode = fc.oneof(
  csi('r', small, small),
  oneOf('\x1b[r', '\x1b[4h', '\x1b[4l', '\x1b[20h', '\x1b[20l'),
  fc
    .tuple(
      fc.constantFrom(1, 6, 7, 12, 25, 45, 47, 1047, 1048, 1049, 2004, 2026),
      fc.constantFrom('h', 'l'),
    )
    .map(([number, final]) => `\x1b[?${number}${final}`),
  oneOf('\x1b7', '\x1b8', '\x1b[s', '\x1b[u', '\x1b=', '\x1b>', '\x1b[!p'),
  oneOf('\x1b(0', '\x1b(B', '\x1b)0', '\x1b*A', '\x1b+K', '\x1b)R', '\x1b(='),
  oneOf('\x0e', '\x0f', '\x1bn', '\x1bo', '\x1b|', '\x1b%G'),
  oneOf('\x1bH', '\x1b[g', '\x1b[3g', '\x1b[1"q', '\x1b[0"q', '\x1b[4 q'),
);

const rare = oneOf(
  '\x1bc',
  '\x1b]0;title\x07',
  '\x1b]8;;https://x.example\x1b\\',
  '\x1bP$qm\x1b\\',
  '\x9b5m',
  '\x1b[7 q',
);

const soup = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: text },
    { weight: 4, arbitrary: sgr },
    { weight: 4, arbitrary: move },
    { weight: 3, arbitrary: edit },
    { weight: 4, arbitrary: mode },
    { weight: 1, arbitrary: rare },
  ),
  { minLength: 1, maxLength: 40 },
);

const write = (terminal: ReplayTerminal, sequences: readonly string[]) =>
  terminal.write(Buffer.from(sequences.join('')));

describe('a keyframe of any screen', () => {
  it('leads to the same cells whatever follows', async () => {
    let written = 0;
    await fc.assert(
      fc.asyncProperty(soup, soup, async (before, after) => {
        const replayed = ReplayTerminal.create({ size: SIZE, tty: true });
        await write(replayed, before);
        const keyframe = replayed.keyframe(0);
        if (!keyframe) {
          return;
        }
        written++;
        const restored = ReplayTerminal.create({ size: SIZE, tty: true });
        await restored.write(decodeKeyframe(keyframe).payload);
        expect(differences(replayed.emulator, restored.emulator)).toEqual([]);
        for (const sequence of after) {
          await Promise.all([
            write(replayed, [sequence]),
            write(restored, [sequence]),
          ]);
          expect(differences(replayed.emulator, restored.emulator)).toEqual([]);
        }
        replayed.dispose();
        restored.dispose();
      }),
      { numRuns: RUNS },
    );
    // It is no proof if it says of most screens that they cannot be written.
    expect(written).toBeGreaterThan(RUNS * 0.9);
  }, 120_000);
});
