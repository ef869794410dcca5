import { FrameError } from './frame';

/*
 * The uncompressed body of a frame is a sequence of events:
 *
 *   type     1 byte, an ASCII letter
 *   delta    varint, microseconds since the event before it (the first: since the frame's first time)
 *   length   varint
 *   payload  length bytes
 */

const EVENT_TYPES = {
  h: 'header',
  o: 'output',
  e: 'error',
  i: 'input',
  r: 'resize',
  m: 'marker',
  x: 'exit',
} as const;

/**
 * What happened: `header` the recording's JSON header; `output` bytes of
 * stdout or the terminal; `error` bytes of stderr; `input` bytes of stdin;
 * `resize` text COLSxROWS; `marker` text; `exit` JSON `{exitCode?, reason}`.
 *
 * @public
 */
export type RecordingEventType = (typeof EVENT_TYPES)[keyof typeof EVENT_TYPES];

/** One event of a recording. @public */
export type RecordingEvent = {
  type: RecordingEventType;
  /** Microseconds since the recording's start. */
  time: number;
  data: Uint8Array;
};

const TYPE_TO_CODE = Object.fromEntries(
  Object.entries(EVENT_TYPES).map(([letter, type]) => [
    type,
    letter.charCodeAt(0),
  ]),
) as Record<RecordingEventType, number>;

const CODE_TO_TYPE = new Map<number, RecordingEventType>(
  Object.entries(EVENT_TYPES).map(([letter, type]) => [
    letter.charCodeAt(0),
    type,
  ]),
);

/**
 * Events of a frame at the most. No frame of ours has as many: the shortest
 * event takes three bytes, and a frame closes at {@link FRAME_TARGET_BYTES}.
 * Without it a few hundred bytes could unfold to millions of objects.
 *
 * @public
 */
export const MAX_FRAME_EVENTS = 128 * 1024;

/** Bytes of a varint at the most: 2^53 in groups of 7 bits. */
const MAX_VARINT_BYTES = 8;

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) {
    bytes++;
  }
  return bytes;
}

function writeVarint(into: Uint8Array, offset: number, value: number): number {
  let rest = value;
  let at = offset;
  while (rest >= 0x80) {
    into[at++] = rest % 0x80 | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  into[at++] = rest;
  return at;
}

/**
 * What stands before an event's payload.
 *
 * @param event - `bytes`: how long the payload is
 * @param previousTime - microseconds of the event before it in the frame, or the frame's first time
 * @public
 */
export function encodeRecordingEventHead(
  event: { type: RecordingEventType; time: number; bytes: number },
  previousTime: number,
): Uint8Array {
  // A clock that jumps back must not make a time negative.
  const delta = Math.max(0, event.time - previousTime);
  const head = new Uint8Array(
    1 + varintBytes(delta) + varintBytes(event.bytes),
  );
  head[0] = TYPE_TO_CODE[event.type];
  writeVarint(head, writeVarint(head, 1, delta), event.bytes);
  return head;
}

/**
 * One event as bytes.
 *
 * @param previousTime - microseconds of the event before it in the frame, or the frame's first time
 * @public
 */
export function encodeRecordingEvent(
  event: RecordingEvent,
  previousTime: number,
): Uint8Array {
  const { type, time, data } = event;
  const head = encodeRecordingEventHead(
    { type, time, bytes: data.length },
    previousTime,
  );
  const bytes = new Uint8Array(head.length + data.length);
  bytes.set(head);
  bytes.set(data, head.length);
  return bytes;
}

/**
 * The events of a frame's uncompressed body; payloads are views, not copies.
 * Events of unknown types are skipped, so that a reader outlives its writer.
 *
 * @param firstTime - the frame's first time, microseconds since the recording's start
 * @throws {@link FrameError} when the body is malformed
 * @public
 */
export function decodeRecordingEvents(
  body: Uint8Array,
  firstTime: number,
): RecordingEvent[] {
  const events: RecordingEvent[] = [];
  let at = 0;
  let time = firstTime;
  let count = 0;

  const readVarint = () => {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < MAX_VARINT_BYTES && at < body.length; i++) {
      const byte = body[at++];
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        return value;
      }
      factor *= 0x80;
    }
    throw new FrameError('malformed varint in a frame body');
  };

  while (at < body.length) {
    if (++count > MAX_FRAME_EVENTS) {
      throw new FrameError(`a frame has more than ${MAX_FRAME_EVENTS} events`);
    }
    const type = CODE_TO_TYPE.get(body[at++]);
    time += readVarint();
    if (!Number.isSafeInteger(time)) {
      throw new FrameError('event of an impossible time');
    }
    const length = readVarint();
    if (at + length > body.length) {
      throw new FrameError('event exceeds its frame');
    }
    if (type) {
      events.push({ type, time, data: body.subarray(at, at + length) });
    }
    at += length;
  }
  return events;
}
