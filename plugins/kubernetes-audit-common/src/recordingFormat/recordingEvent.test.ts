import { FrameError } from './frame';
import {
  decodeRecordingEvents,
  encodeRecordingEvent,
  MAX_FRAME_EVENTS,
  RecordingEvent,
} from './recordingEvent';

const bytes = (text: string) => new TextEncoder().encode(text);

function encodeAll(events: RecordingEvent[], firstTime: number): Uint8Array {
  let previous = firstTime;
  const parts = events.map(event => {
    const encoded = encodeRecordingEvent(event, previous);
    previous = event.time;
    return [...encoded];
  });
  return Uint8Array.from(parts.flat());
}

describe('recording events', () => {
  const events: RecordingEvent[] = [
    { type: 'header', time: 5, data: bytes('{}') },
    { type: 'resize', time: 5, data: bytes('80x24') },
    { type: 'output', time: 900, data: bytes('x'.repeat(70_000)) },
    { type: 'error', time: 2 ** 46, data: bytes('oops') },
    { type: 'exit', time: 2 ** 46 + 1, data: bytes('{"exitCode":7}') },
  ];

  it('read back what was written, with long gaps and payloads', () => {
    expect(decodeRecordingEvents(encodeAll(events, 5), 5)).toEqual(events);
  });

  it('are refused when cut anywhere but between two of them', () => {
    const short = events.filter(event => event.data.length < 100);
    const encoded = encodeAll(short, 5);
    const boundaries = new Set([0]);
    let end = 0;
    let previous = 5;
    for (const event of short) {
      end += encodeRecordingEvent(event, previous).length;
      previous = event.time;
      boundaries.add(end);
    }
    const isRefused = (cut: number) => {
      try {
        decodeRecordingEvents(encoded.subarray(0, cut), 5);
        return false;
      } catch (error) {
        return error instanceof FrameError;
      }
    };
    for (let cut = 0; cut <= encoded.length; cut++) {
      expect(isRefused(cut)).toBe(!boundaries.has(cut));
    }
  });

  it('are refused when there are more than a frame of ours can have', () => {
    const event = [0x6f, 0, 0];
    const body = new Uint8Array(event.length * (MAX_FRAME_EVENTS + 1));
    for (let at = 0; at < body.length; at += event.length) {
      body.set(event, at);
    }
    const most = body.subarray(event.length);
    expect(decodeRecordingEvents(most, 0)).toHaveLength(MAX_FRAME_EVENTS);
    expect(() => decodeRecordingEvents(body, 0)).toThrow(FrameError);
  });

  it('are refused beyond the times that a number can tell apart', () => {
    const event = encodeRecordingEvent(
      { type: 'output', time: 1, data: bytes('x') },
      0,
    );
    const last = Number.MAX_SAFE_INTEGER;
    expect(decodeRecordingEvents(event, last - 1)).toMatchObject([
      { time: last },
    ]);
    expect(() => decodeRecordingEvents(event, last)).toThrow(FrameError);
  });

  it('of an unknown type are skipped', () => {
    const unknown = Uint8Array.from([0x7a, 3, 2, 1, 1]);
    const known = encodeRecordingEvent(
      { type: 'marker', time: 20, data: bytes('m') },
      13,
    );
    expect(
      decodeRecordingEvents(Uint8Array.from([...unknown, ...known]), 10),
    ).toEqual([{ type: 'marker', time: 20, data: bytes('m') }]);
  });

  it('never go back in time', () => {
    const encoded = encodeRecordingEvent(
      { type: 'output', time: 1, data: bytes('a') },
      10,
    );
    expect(decodeRecordingEvents(encoded, 10)[0].time).toBe(10);
  });
});
