import {
  AsciicastWriter,
  encodeFrame,
  encodeRecordingEvent,
  FRAME_TARGET_BYTES,
  FRAME_TARGET_MS,
  RecordingEvent,
  RecordingHeader,
} from 'backstage-plugin-kubernetes-audit-common';
import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import { SeededRandom } from './SeededRandom';
import { SIZE, TerminalWork } from './TerminalWork';

const compress = promisify(zstdCompress);

/** A recording has marks at all multiples of this share, from its start to its end. */
const MARKS = 16;
/** A mark is looked for so long after it was printed, in microseconds. */
const LOOK_AFTER = 400_000;
/** After a mark nothing happens for so long, in seconds. */
const REST_AFTER_MARK = 1;
const MICROSECONDS_PER_MILLISECOND = 1000;
/** Lines that a command prints at the most … */
const MAX_LINES = 6000;
/** … and in a small recording, one of them in so many bytes of it. */
const BYTES_PER_MAX_LINE = 10_000;
/** zstd's fastest level, as the proxy has it. */
const COMPRESSION_LEVEL = 1;

/** A text that is in the recording once, and when it is on the screen. */
export type Mark = {
  text: string;
  /** Microseconds since the recording's start. */
  time: number;
};

/** What is known of a recording that was made. */
export type RecordedSession = {
  id: string;
  /** Bytes of the asciicast file, about. */
  castBytes: number;
  eventCount: number;
  /** Microseconds. */
  duration: number;
  /** In order of time; the first at the start, the last at the end. */
  marks: Mark[];
};

/** One frame of a recording, encoded as the proxy does it. */
export type RecordedFrame = { sequence: number; bytes: Uint8Array };

/** Cuts events into frames where the proxy would: by size, and by time. */
class FrameCutter {
  #open: RecordingEvent[] = [];
  #openBytes = 0;
  #sequence = 0;

  static create(): FrameCutter {
    return new FrameCutter();
  }

  private constructor() {}

  async *cut(
    events: readonly RecordingEvent[],
    isLast: boolean,
  ): AsyncGenerator<RecordedFrame> {
    for (const event of events) {
      const age = event.time - (this.#open[0]?.time ?? event.time);
      if (age >= FRAME_TARGET_MS * MICROSECONDS_PER_MILLISECOND) {
        yield await this.#close(false);
      }
      this.#open.push(event);
      this.#openBytes += event.data.length;
      if (this.#openBytes >= FRAME_TARGET_BYTES) {
        yield await this.#close(false);
      }
    }
    if (isLast && this.#open.length > 0) {
      yield await this.#close(true);
    }
  }

  async #close(last: boolean): Promise<RecordedFrame> {
    const firstTime = this.#open[0].time;
    let lastTime = firstTime;
    const body = Buffer.concat(
      this.#open.map(event => {
        const encoded = encodeRecordingEvent(event, lastTime);
        lastTime = event.time;
        return encoded;
      }),
    );
    const stored = await compress(body, {
      params: { [constants.ZSTD_c_compressionLevel]: COMPRESSION_LEVEL },
    });
    const sequence = this.#sequence++;
    const bytes = encodeFrame(stored, {
      compression: 'zstd',
      last,
      sequence,
      uncompressedBytes: body.length,
      eventCount: this.#open.length,
      firstTime,
      lastTime,
    });
    this.#open = [];
    this.#openBytes = 0;
    return { sequence, bytes };
  }
}

/**
 * Records a session of the given size, deterministically.
 *
 * @param options - `castBytes`: of the asciicast file, at least
 * @returns after all frames what is known of it
 */
export async function* recordSession(options: {
  header: RecordingHeader;
  castBytes: number;
  seed: number;
}): AsyncGenerator<RecordedFrame, RecordedSession> {
  const { header, castBytes, seed } = options;
  const random = SeededRandom.create(seed);
  const cast = AsciicastWriter.create();
  const marks: Mark[] = [];
  let events: RecordingEvent[] = [];
  let time = 0;
  let written = 0;
  let eventCount = 0;
  const add = (event: RecordingEvent) => {
    events.push(event);
    eventCount++;
    written += Buffer.byteLength(cast.write(event));
  };
  const work = TerminalWork.create({
    random,
    emit: (pause, output) => {
      time += pause;
      if (output !== '') {
        add({ type: 'output', time, data: Buffer.from(output) });
      }
    },
    maxLines: Math.min(MAX_LINES, Math.floor(castBytes / BYTES_PER_MAX_LINE)),
  });
  const mark = (index: number) => {
    const text = `mark-${String(index).padStart(2, '0')}-${random.hex(8)}`;
    if (index === 0) {
      work.greet(text);
    } else if (index % 2 === 0) {
      work.markOnShell(text);
    } else {
      work.markInTop(text);
    }
    marks.push({ text, time: time + LOOK_AFTER });
    work.rest(REST_AFTER_MARK);
    if (index % 2 === 1) {
      work.leaveTop();
    }
  };

  add({ type: 'header', time: 0, data: Buffer.from(JSON.stringify(header)) });
  mark(0);
  const frames = FrameCutter.create();
  while (marks.length <= MARKS) {
    work.step();
    if (written >= (castBytes * marks.length) / MARKS) {
      mark(marks.length);
    }
    yield* frames.cut(events, false);
    events = [];
  }
  add({
    type: 'exit',
    time,
    data: Buffer.from(JSON.stringify({ exitCode: 0, reason: 'exited' })),
  });
  yield* frames.cut(events, true);
  return {
    id: header.id,
    castBytes: written,
    eventCount,
    duration: time,
    marks,
  };
}

/** The header of the session that is recorded. */
export function sessionHeader(id: string): RecordingHeader {
  return {
    id,
    sessionId: id,
    name: 'guest_20261122T014741Z',
    startedAt: '2026-11-22T01:47:41.000Z',
    userName: 'guest',
    userEmail: 'guest@example.com',
    clientIp: '127.0.0.1',
    clientName: 'kubectl/v1.32.0',
    clusterName: 'demo',
    namespace: 'shop',
    podName: 'shop-5d8f',
    kind: 'exec',
    command: ['bash'],
    tty: true,
    size: SIZE,
    connectedFrom: 'Proxy',
  };
}
