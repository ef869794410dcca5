import {
  decodeFrame,
  decodeFrameHeader,
  decodeRecordingEvents,
  FrameError,
  FrameHeader,
  RecordingEvent,
} from 'backstage-plugin-kubernetes-audit-common';

/** A part of a recording, in microseconds; an end that is not known is the chunk's. */
export type Gap = { from?: number; to?: number };

/** The events of one chunk, in order. */
export type ParsedChunk = {
  events: RecordingEvent[];
  /** One for each frame that could not be read. */
  gaps: Gap[];
  /** Bytes that the events hold on to. */
  sizeBytes: number;
};

/**
 * Reads a chunk of whole frames, served uncompressed and decrypted. A damaged
 * body costs one frame; a damaged header costs the rest of the chunk, because
 * it no longer says where the next frame begins.
 *
 * @throws FrameError when the frames were not made plain before serving
 */
export function parseChunk(chunk: Uint8Array): ParsedChunk {
  const parsed: ParsedChunk = {
    events: [],
    gaps: [],
    sizeBytes: chunk.length,
  };
  let offset = 0;
  while (offset < chunk.length) {
    const rest = chunk.subarray(offset);
    const header = readHeader(rest);
    if (!header) {
      parsed.gaps.push({ from: parsed.events[parsed.events.length - 1]?.time });
      break;
    }
    if (header.encrypted || header.compression !== 'none') {
      throw new FrameError(
        `frame ${header.sequence} was served compressed or encrypted`,
      );
    }
    const events = readEvents(rest);
    if (events) {
      // No spread: a frame can hold more events than a call takes arguments.
      events.forEach(event => parsed.events.push(event));
    } else {
      parsed.gaps.push({ from: header.firstTime, to: header.lastTime });
    }
    offset += header.headerBytes + header.bodyBytes;
  }
  return parsed;
}

function readHeader(bytes: Uint8Array): FrameHeader | undefined {
  return unlessDamaged(() => decodeFrameHeader(bytes));
}

function readEvents(bytes: Uint8Array): RecordingEvent[] | undefined {
  return unlessDamaged(() => {
    const frame = decodeFrame(bytes);
    return frame && decodeRecordingEvents(frame.body, frame.header.firstTime);
  });
}

function unlessDamaged<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof FrameError) {
      return undefined;
    }
    throw error;
  }
}

/** What stands for a chunk of which nothing is left. */
export function lostChunk(): ParsedChunk {
  return { events: [], gaps: [{}], sizeBytes: 0 };
}
