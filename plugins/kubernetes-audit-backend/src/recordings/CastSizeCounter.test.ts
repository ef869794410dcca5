import {
  asciicastHeader,
  AsciicastWriter,
  RecordingEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import { recordingHeader } from '../__testUtils__/recordingChunk';
import { CastSizeCounter } from './CastSizeCounter';

const HEADER = recordingHeader();

function wholeSize(events: RecordingEvent[], header = HEADER): number {
  const writer = AsciicastWriter.create(header);
  return Buffer.byteLength(
    `${asciicastHeader(header)}\n${events
      .map(event => writer.write(event))
      .join('')}`,
  );
}

/** The size when the count is put away, as JSON, after each event. */
function interruptedSize(events: RecordingEvent[], header = HEADER): number {
  let { state } = CastSizeCounter.create(header);
  for (const event of events) {
    const counter = CastSizeCounter.resume(
      header,
      JSON.parse(JSON.stringify(state)),
    );
    counter.add(event);
    ({ state } = counter);
  }
  return state.sizeBytes;
}

/** A generator of numbers below 2^31 that is the same each time. */
function* pseudoRandom(seed: number): Generator<number> {
  for (let value = seed; ; ) {
    value = (Math.imul(value, 1103515245) + 12345) & 0x7fffffff;
    yield value >> 8;
  }
}

describe('CastSizeCounter', () => {
  it('counts characters that are cut anywhere as the whole file has them', () => {
    const text = Buffer.from('\ufeffa€b𝄞c\u0000é\ufeff漢');
    for (let cut = 0; cut <= text.length; cut++) {
      const events: RecordingEvent[] = [
        { type: 'output', time: 0, data: text.subarray(0, cut) },
        { type: 'error', time: 1, data: text.subarray(0, 2) },
        { type: 'resize', time: 1, data: Buffer.from('80x24') },
        { type: 'output', time: 2, data: text.subarray(cut) },
        { type: 'error', time: 3, data: text.subarray(2) },
      ];
      expect(interruptedSize(events)).toBe(wholeSize(events));
    }
  });

  it('counts the line ends that are made whole without a terminal', () => {
    const piped = recordingHeader({ tty: false });
    const text = Buffer.from('a\nb\r\n\n€\n');
    for (let cut = 0; cut <= text.length; cut++) {
      const events: RecordingEvent[] = [
        { type: 'output', time: 0, data: text.subarray(0, cut) },
        { type: 'output', time: 1, data: text.subarray(cut) },
      ];
      expect(interruptedSize(events, piped)).toBe(wholeSize(events, piped));
      expect(wholeSize(events, piped)).toBeGreaterThan(wholeSize(events));
    }
  });

  it('counts bytes that are no UTF-8 as the whole file has them', () => {
    // The bytes at which a decoder's decisions lie.
    const bytes = [
      0x20, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbb, 0xbf, 0xc1, 0xc2, 0xdf,
      0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff,
    ];
    const random = pseudoRandom(7);
    const next = (below: number) => Number(random.next().value) % below;
    for (let round = 0; round < 500; round++) {
      const events = Array.from(
        { length: 12 },
        (_, time): RecordingEvent => ({
          type: next(2) ? 'output' : 'error',
          time,
          data: Uint8Array.from(
            { length: next(5) },
            () => bytes[next(bytes.length)],
          ),
        }),
      );
      expect({ events, size: interruptedSize(events) }).toEqual({
        events,
        size: wholeSize(events),
      });
    }
  });
});
