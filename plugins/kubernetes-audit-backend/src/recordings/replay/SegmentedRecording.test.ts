import type { RecordingEvent } from 'backstage-plugin-kubernetes-audit-common';
import { recordingEvent } from '../../__testUtils__/recordingChunk';
import { SegmentedRecording } from './SegmentedRecording';

const euro = Buffer.from('€');

/** Three chunks; screens were kept in the middle of the first, at the end of it, and at the end of all. */
const CHUNKS: RecordingEvent[][] = [
  [
    recordingEvent('header', 0, '{}'),
    recordingEvent('output', 1_000_000, 'one\r\n'),
    recordingEvent('output', 1_000_000, 'two\r\n'),
    recordingEvent('resize', 2_000_000, '100x30'),
  ],
  [
    recordingEvent('output', 3_000_000, euro.subarray(0, 1)),
    recordingEvent('output', 4_000_000, euro.subarray(1)),
  ],
  [
    recordingEvent('error', 5_000_000, 'no\r\n'),
    recordingEvent('exit', 6_000_000, '{}'),
  ],
];
const keyframe = (time: number, chunk: number, event: number) => ({
  time,
  chunk,
  event,
  offset: 0,
  bytes: 0,
  part: 0,
});

describe('SegmentedRecording', () => {
  const recording = SegmentedRecording.create({
    tty: true,
    size: { columns: 80, rows: 24 },
    sidecar: {
      keyframes: [
        keyframe(1_000_000, 0, 2),
        keyframe(2_000_000, 0, 4),
        keyframe(6_000_000, 2, 2),
      ],
      lastTime: 6_000_000,
      markers: [{ time: 4_000_000, text: 'here' }],
    },
    readKeyframe: async time => ({
      time,
      columns: 81,
      rows: 25,
      chunk: 0,
      event: 0,
      payload: Buffer.from(`screen at ${time}`),
    }),
    readEvents: async chunk => CHUNKS[chunk],
    chunkCount: CHUNKS.length,
  });

  it('says where its segments begin, none of them at the end', () => {
    expect(recording.index).toEqual({
      version: 1,
      duration: 6.000001,
      term: { cols: 80, rows: 24 },
      markers: [[4, 'here']],
      segments: [
        { start: 0, url: 'segments/0' },
        { start: 1.000001, url: 'segments/1' },
        { start: 2.000001, url: 'segments/2' },
      ],
    });
  });

  it('has each event in the one segment that its place belongs to', async () => {
    expect(await recording.segment(0)).toEqual({
      snapshot: { cols: 80, rows: 24, init: '' },
      events: [
        [0, 'o', ''],
        [1, 'o', 'one\r\n'],
      ],
    });
    expect(await recording.segment(1)).toEqual({
      snapshot: { cols: 81, rows: 25, init: 'screen at 1000000' },
      events: [
        [1.000001, 'o', ''],
        // As old as the screen, and not in it.
        [1.000001, 'o', 'two\r\n'],
        [2, 'r', '100x30'],
      ],
    });
    expect(await recording.segment(2)).toEqual({
      snapshot: { cols: 81, rows: 25, init: 'screen at 2000000' },
      events: [
        [2.000001, 'o', ''],
        [4, 'o', '€'],
        [5, 'o', 'no\r\n'],
        [6.000001, 'o', ''],
      ],
    });
    await expect(recording.segment(3)).rejects.toThrow('no segment 3');
  });

  it('makes the line ends whole that no terminal has', async () => {
    const withoutTerminal = SegmentedRecording.create({
      tty: false,
      size: { columns: 80, rows: 24 },
      sidecar: { keyframes: [], lastTime: 1_000_000, markers: [] },
      readKeyframe: async () => undefined,
      readEvents: async () => [recordingEvent('output', 500_000, 'a\nb\r\n')],
      chunkCount: 1,
    });
    const { events } = await withoutTerminal.segment(0);
    expect(events).toContainEqual([0.5, 'o', 'a\r\nb\r\n']);
  });
});
