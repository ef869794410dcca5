import {
  headerEvent,
  recordingEvent,
  recordingHeader,
} from '../../__testUtils__/recordingChunk';
import { readFixture } from './__testUtils__/readFixture';
import {
  recordingEvents,
  StoredRecording,
} from './__testUtils__/StoredRecording';
import { BuiltPart, PartBuilder } from './PartBuilder';

const SECOND = 1_000_000;

/** Of a recording whose chunks are one part each. */
async function markersOf(recording: StoredRecording) {
  let before: BuiltPart['sidecar'] | undefined;
  for (const [from, { blobKey }] of recording.chunks.entries()) {
    const builder = await PartBuilder.create({ from, to: from + 1 }, before);
    await builder.add(from, recording.blobs.blobs.get(blobKey)!);
    before = (await builder.finish(false)).sidecar;
  }
  return before?.content.markers ?? [];
}

/** Output, each a second after the one before. */
function session(outputs: string[], options: { tty?: boolean } = {}) {
  const recording = StoredRecording.create();
  recording.add([
    headerEvent(recordingHeader(options)),
    ...outputs.map((output, at) =>
      recordingEvent('output', (at + 1) * SECOND, output),
    ),
  ]);
  return recording;
}

describe('the markers of commands', () => {
  it('are what was typed in a real shell', async () => {
    const recording = StoredRecording.create();
    recording.add(recordingEvents(readFixture('shell')));
    const commands = (await markersOf(recording)).map(({ text }) => text);
    expect(commands.map(text => text.slice(0, 30))).toEqual([
      'ls --color=always -la',
      'ls --color=always -R | head -4',
      'echo a long line INSERTEDthat wraps'.slice(0, 30),
      'echo narrow $(seq -s, 1 60)',
      'for i in 1 2 3 4 5 6; do print',
      "printf '%s\\t' a b c d e; echo",
      'grep --color=always -n line *.',
      'cat demo.go',
      'exit',
    ]);
  });

  it.each([
    '$ ',
    '/ # ',
    '\x1b[32mroot@api-0\x1b[0m:/app# ',
    'host% ',
    '❯ ',
    'db=> ',
    'mysql> ',
    '127.0.0.1:6379> ',
  ])('stand where one was entered behind %j', async prompt => {
    const recording = session([
      `welcome\r\n${prompt}`,
      'l',
      's -l',
      '\r\ntotal 0\r\n',
    ]);
    expect(await markersOf(recording)).toEqual([
      { time: 4 * SECOND, text: 'ls -l' },
    ]);
  });

  it.each(['45% ', '> ', '    -> ', 'Name: ', '\x1b[?1049h$ '])(
    'are not made of what stands behind %j',
    async start => {
      const recording = session([start, 'some text', '\r\nmore\r\n']);
      expect(await markersOf(recording)).toEqual([]);
    },
  );

  it('are not made of a line that was printed at once, empty or given up', async () => {
    const recording = session([
      '# a heading\r\n$ ',
      '\r\n$ ',
      'rm -r',
      '^C\r\n$ ',
    ]);
    expect(await markersOf(recording)).toEqual([]);
  });

  it('are not made without a terminal, which alone echoes what is typed', async () => {
    const recording = session(['$ ', 'text', '\n'], { tty: false });
    expect(await markersOf(recording)).toEqual([]);
  });

  it('are found where the prompt was in an earlier part, and stand among the others in order', async () => {
    const recording = StoredRecording.create();
    recording.begin('$ ');
    recording.add([
      recordingEvent('output', SECOND, 'id'),
      recordingEvent('marker', 2 * SECOND, 'look here'),
      recordingEvent('output', 3 * SECOND, '\r\nuid=0\r\n$ '),
      recordingEvent('marker', 4 * SECOND, 'and here'),
    ]);
    expect(await markersOf(recording)).toEqual([
      { time: 2 * SECOND, text: 'look here' },
      { time: 3 * SECOND, text: 'id' },
      { time: 4 * SECOND, text: 'and here' },
    ]);
  });

  it('are so many at the most', async () => {
    const recording = session(
      Array.from({ length: 2100 }, (_, at) => [
        `$ `,
        `run ${at}`,
        '\r\n',
      ]).flat(),
    );
    const markers = await markersOf(recording);
    expect(markers).toHaveLength(2000);
    expect(markers.at(-1)?.text).toBe('run 1999');
  });
});

describe('the time of a line', () => {
  it('is one at which all of it is on the screen', async () => {
    const recording = StoredRecording.create();
    recording.add([
      headerEvent(recordingHeader()),
      recordingEvent('output', 1000, 'half '),
      recordingEvent('output', 11_000, 'a line\r\n'),
    ]);
    const builder = await PartBuilder.create({ from: 0, to: 1 });
    await builder.add(
      0,
      recording.blobs.blobs.get(recording.chunks[0].blobKey)!,
    );
    const { part } = await builder.finish(true);
    expect(part.content.text).toEqual([{ time: 11_000, text: 'half a line' }]);
  });
});
