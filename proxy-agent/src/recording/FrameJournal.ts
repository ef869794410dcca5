import {
  closeSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import {
  FrameError,
  decodeRecordingEvents,
  encodeRecordingEvent,
  encodeRecordingEventHead,
  RecordingEvent,
  RecordingHeader,
  recordingHeaderSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import { decodeSpoolRecords } from '../spool';
import { JournalBuffer } from './JournalBuffer';

/**
 * The frame's first time, which a journal's first record begins with. Behind it
 * stands the recording's header, so that what a journal holds is worth
 * something even when the first frame is gone.
 */
const FIRST_TIME_BYTES = 8;

/** A recording's event, its payload in pieces. */
export type JournalEvent = Pick<RecordingEvent, 'type' | 'time'> & {
  pieces: readonly Uint8Array[];
  /** Of all pieces. */
  bytes: number;
};

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
  readonly #events = JournalBuffer.create();
  #handle: number;
  #lastTime: number;
  #eventCount = 0;

  /** @throws Error of the file system */
  static create(
    file: string,
    firstTime: number,
    header: RecordingHeader,
  ): FrameJournal {
    return new FrameJournal(file, firstTime, header);
  }

  private constructor(
    file: string,
    firstTime: number,
    header: RecordingHeader,
  ) {
    this.file = file;
    this.firstTime = firstTime;
    this.#lastTime = firstTime;
    this.#handle = openSync(file, 'w', 0o600);
    const time = Buffer.alloc(FIRST_TIME_BYTES);
    time.writeBigUInt64LE(BigInt(firstTime));
    const start = JournalBuffer.create();
    try {
      this.#write(start.add([time, Buffer.from(JSON.stringify(header))]));
    } catch (error) {
      closeSync(this.#handle);
      unlinkSync(file);
      throw error;
    }
  }

  /** Bytes of events. */
  get bytes(): number {
    return this.#events.payloadBytes;
  }

  /** @throws Error of the file system: then the event is not recorded */
  append({ type, time, pieces, bytes }: JournalEvent): void {
    const head = encodeRecordingEventHead(
      { type, time, bytes },
      this.#lastTime,
    );
    const record = this.#events.add([head, ...pieces]);
    try {
      this.#write(record);
    } catch (error) {
      this.#events.removeLast(record);
      throw error;
    }
    this.#eventCount++;
    this.#lastTime = Math.max(this.#lastTime, time);
  }

  /** No more events come; the file stays until {@link remove}, what this returns until {@link release}. */
  close(): JournalContent {
    closeSync(this.#handle);
    return {
      body: this.#events.takePayloads(),
      eventCount: this.#eventCount,
      firstTime: this.firstTime,
      lastTime: this.#lastTime,
    };
  }

  /** What {@link close} returned is of no more use; the file stays. */
  release(): void {
    this.#events.release();
  }

  /** The events are in a closed frame now. */
  remove(): void {
    this.release();
    unlinkSync(this.file);
  }

  #write(record: Buffer): void {
    let written = 0;
    while (written < record.length) {
      // A disk that takes only a part is about to be full: ask for the rest, or for the error.
      written += writeSync(this.#handle, record, written);
    }
  }
}

/** What a killed proxy left in a journal. */
export type FoundJournal = JournalContent & {
  /** Its end is torn, and left out. */
  torn: boolean;
  /** The recording's; undefined in journals of older versions. */
  header: RecordingHeader | undefined;
};

/**
 * Reads what a killed proxy left in a journal.
 *
 * @returns undefined when nothing can be read
 */
export function readJournal(file: string): FoundJournal | undefined {
  const bytes = readFileSync(file);
  const { payloads, consumed } = decodeSpoolRecords(bytes);
  const [start, ...events] = payloads;
  if (!start || start.length < FIRST_TIME_BYTES) {
    return undefined;
  }
  const firstTime = Number(start.readBigUInt64LE());
  const header = start.subarray(FIRST_TIME_BYTES);
  const body = Buffer.concat(events);
  try {
    return {
      body,
      eventCount: events.length,
      firstTime,
      lastTime:
        decodeRecordingEvents(body, firstTime).at(-1)?.time ?? firstTime,
      torn: consumed < bytes.length,
      header:
        header.length > 0
          ? recordingHeaderSchema.safeParse(JSON.parse(header.toString('utf8')))
              .data
          : undefined,
    };
  } catch (error) {
    if (error instanceof FrameError) {
      return undefined;
    }
    throw error;
  }
}

/** The journal's content with the recording's header before it. */
export function withHeader(
  content: JournalContent,
  header: RecordingHeader,
): JournalContent {
  const { firstTime } = content;
  const event = encodeRecordingEvent(
    {
      type: 'header',
      time: firstTime,
      data: Buffer.from(JSON.stringify(header)),
    },
    firstTime,
  );
  return {
    ...content,
    body: Buffer.concat([event, content.body]),
    eventCount: content.eventCount + 1,
  };
}
