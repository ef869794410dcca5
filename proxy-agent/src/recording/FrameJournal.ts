import {
  closeSync,
  openSync,
  readFileSync,
  unlinkSync,
  writevSync,
} from 'node:fs';
import {
  FrameError,
  decodeRecordingEvents,
  encodeRecordingEvent,
  RecordingEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import { decodeSpoolRecords, spoolRecordHeader } from '../spool';

/** Bytes of the journal's first record: the frame's first time. */
const FIRST_TIME_BYTES = 8;

/** What a journal holds, ready to become a frame. */
export type JournalContent = {
  /** The frame's uncompressed body. */
  body: Buffer;
  eventCount: number;
  /** Microseconds since the recording's start. */
  firstTime: number;
  lastTime: number;
};

/**
 * The open frame of a recording on the disk: every event is written, with a
 * checksum, before what it tells of is released to the user, so that a killed
 * proxy has lost no byte that a user saw.
 */
export class FrameJournal {
  readonly file: string;
  readonly firstTime: number;
  #handle: number;
  #lastTime: number;
  #events: Uint8Array[] = [];
  #bytes = 0;

  /** @throws Error of the file system */
  static create(file: string, firstTime: number): FrameJournal {
    return new FrameJournal(file, firstTime);
  }

  private constructor(file: string, firstTime: number) {
    this.file = file;
    this.firstTime = firstTime;
    this.#lastTime = firstTime;
    this.#handle = openSync(file, 'w', 0o600);
    const time = Buffer.alloc(FIRST_TIME_BYTES);
    time.writeBigUInt64LE(BigInt(firstTime));
    try {
      this.#write(time);
    } catch (error) {
      closeSync(this.#handle);
      unlinkSync(file);
      throw error;
    }
  }

  /** Bytes of events. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @throws Error of the file system: then the event is not recorded */
  append(event: RecordingEvent): void {
    const encoded = encodeRecordingEvent(event, this.#lastTime);
    this.#write(encoded);
    this.#events.push(encoded);
    this.#bytes += encoded.length;
    this.#lastTime = Math.max(this.#lastTime, event.time);
  }

  /** No more events come; the file stays until {@link remove}. */
  close(): JournalContent {
    closeSync(this.#handle);
    return {
      body: Buffer.concat(this.#events),
      eventCount: this.#events.length,
      firstTime: this.firstTime,
      lastTime: this.#lastTime,
    };
  }

  /** The events are in a closed frame now. */
  remove(): void {
    unlinkSync(this.file);
  }

  #write(payload: Uint8Array): void {
    const header = spoolRecordHeader(payload);
    const total = header.length + payload.length;
    let written = writevSync(this.#handle, [header, payload]);
    while (written < total) {
      // A disk that takes only a part is about to be full: ask for the rest, or for the error.
      const rest = Buffer.concat([header, payload]).subarray(written);
      written += writevSync(this.#handle, [rest]);
    }
  }
}

/**
 * What a killed proxy left in a journal; a torn last event is left out.
 *
 * @returns undefined when nothing can be read
 */
export function readJournal(file: string): JournalContent | undefined {
  const [time, ...events] = decodeSpoolRecords(readFileSync(file)).payloads;
  if (time?.length !== FIRST_TIME_BYTES) {
    return undefined;
  }
  const firstTime = Number(time.readBigUInt64LE());
  const body = Buffer.concat(events);
  try {
    return {
      body,
      eventCount: events.length,
      firstTime,
      lastTime:
        decodeRecordingEvents(body, firstTime).at(-1)?.time ?? firstTime,
    };
  } catch (error) {
    if (error instanceof FrameError) {
      return undefined;
    }
    throw error;
  }
}
