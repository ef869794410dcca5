import {
  decodeFrames,
  decodeRecordingEvents,
  RecordingEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import { frameOf, recordingEvent } from '../../__testUtils__/recordingChunk';
import { sliceChunk } from './sliceChunk';

/** More than is worth keeping. */
const FILLER = Buffer.alloc(40_000, 'x');

const FRAMES: RecordingEvent[][] = [
  [
    recordingEvent('output', 1000, 'a'),
    recordingEvent('input', 1000, ''),
    recordingEvent('resize', 1500, '100x30'),
    recordingEvent('output', 1_000_000, 'é'.repeat(200)),
  ],
  [
    recordingEvent('error', 1_000_000, 'b'),
    recordingEvent('output', 2_000_000, 'c'),
    recordingEvent('marker', 3_000_000, ''),
  ],
];
const EVENTS = FRAMES.flat();

const chunkOf = (frames: RecordingEvent[][]) =>
  Buffer.concat(frames.map((events, i) => frameOf(i, events, 'none')));

const eventsOf = (bytes: Uint8Array) =>
  decodeFrames(bytes)
    .flatMap(({ header, body }) => {
      const events = decodeRecordingEvents(body, header.firstTime);
      expect(header.eventCount).toBe(events.length);
      expect(header.uncompressedBytes).toBe(body.length);
      expect(header.lastTime).toBe(events.at(-1)?.time);
      return events;
    })
    .map(({ type, time, data }) => ({
      type,
      time,
      text: Buffer.from(data).toString(),
    }));

describe('sliceChunk', () => {
  const filled = chunkOf([
    ...FRAMES,
    [recordingEvent('output', 9_000_000, FILLER)],
  ]);

  it.each(EVENTS.map((_, from) => from))(
    'holds the events from number %i on up to any time',
    from => {
      for (const time of [0, 999, 1000, 1500, 1_000_000, 2_999_999, 8e6]) {
        const slice = sliceChunk(filled, from, time);

        expect(slice.part).toEqual({ event: from, until: time });
        expect(eventsOf(slice.bytes)).toEqual(
          EVENTS.slice(from)
            .filter(event => event.time <= time)
            .map(({ type, time: at, data }) => ({
              type,
              time: at,
              text: Buffer.from(data).toString(),
            })),
        );
      }
    },
  );

  it('goes to the end of the chunk where nothing comes after the time', () => {
    const chunk = chunkOf([
      [recordingEvent('output', 10, FILLER), ...FRAMES[0]],
      FRAMES[1],
    ]);

    const { bytes, part } = sliceChunk(chunk, 3, 3_000_000);

    expect(part).toEqual({ event: 3 });
    expect(eventsOf(bytes)).toHaveLength(EVENTS.length - 2);
  });

  it('stays whole where little would be left out', () => {
    const chunk = chunkOf(FRAMES);

    expect(sliceChunk(chunk, 3, 1500)).toEqual({ bytes: chunk });
  });

  it('stays whole where it is damaged', () => {
    const damaged = Buffer.from(filled);
    damaged[damaged.length - 1] ^= 1;

    expect(sliceChunk(damaged, 3, 1500)).toEqual({ bytes: damaged });
    expect(sliceChunk(damaged.subarray(0, -1), 3, 1500).part).toBeUndefined();
  });
});
