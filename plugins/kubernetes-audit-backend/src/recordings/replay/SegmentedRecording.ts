import { NotFoundError } from '@backstage/errors';
import {
  MomentKeyframe,
  RecordingEvent,
  RecordingHeader,
  Sidecar,
  withWholeLineEnds,
} from 'backstage-plugin-kubernetes-audit-common';
import { StreamDecoder } from '../file/StreamDecoder';

const MICROSECONDS = 1_000_000;

/** An event of a segment: seconds since the recording's start, its code, its text. */
type SegmentEvent = [number, 'o' | 'r' | 'i' | 'm', string];

/** What asciinema-player loads with `format: 'segmented'`: where the segments begin. */
export type SegmentIndex = {
  version: 1;
  /** Seconds. */
  duration: number;
  term: { cols: number; rows: number };
  markers: [number, string][];
  /** `url` is relative to the index's own. */
  segments: { start: number; url: string }[];
};

/** A segment: the screen at its beginning, and what happens until the next one. */
export type Segment = {
  snapshot: { cols: number; rows: number; init: string };
  events: SegmentEvent[];
};

type Keyframe = Pick<Sidecar['keyframes'][number], 'time' | 'chunk' | 'event'>;

type SegmentedRecordingOptions = {
  tty: boolean;
  size: RecordingHeader['size'];
  sidecar: Pick<Sidecar, 'keyframes' | 'lastTime' | 'markers'>;
  readKeyframe: (time: number) => Promise<MomentKeyframe | undefined>;
  /** All events of a chunk, in order. */
  readEvents: (chunk: number) => Promise<RecordingEvent[]>;
  chunkCount: number;
};

const CODES: Partial<Record<RecordingEvent['type'], SegmentEvent[1]>> = {
  output: 'o',
  error: 'o',
  input: 'i',
  resize: 'r',
  marker: 'm',
};

/**
 * A recording in asciinema's segmented form: each segment begins with a
 * keyframe, so that a player can begin anywhere. The form wants each event in
 * the one segment that its time belongs to; a segment begins a microsecond
 * behind its keyframe, whose time the last event before it has.
 */
export class SegmentedRecording {
  readonly #options: SegmentedRecordingOptions;
  /** Of the segments, the first one left out: that begins with an empty screen. */
  readonly #keyframes: Keyframe[];
  /** Microseconds. */
  readonly #duration: number;

  static create(options: SegmentedRecordingOptions): SegmentedRecording {
    return new SegmentedRecording(options);
  }

  private constructor(options: SegmentedRecordingOptions) {
    this.#options = options;
    const { keyframes, lastTime } = options.sidecar;
    this.#duration = lastTime + 1;
    this.#keyframes = keyframes.filter(
      ({ time }, i) => time > (keyframes[i - 1]?.time ?? 0) && time < lastTime,
    );
  }

  get index(): SegmentIndex {
    const { size, sidecar } = this.#options;
    return {
      version: 1,
      duration: this.#duration / MICROSECONDS,
      term: { cols: size.columns, rows: size.rows },
      markers: sidecar.markers.map(({ time, text }) => [
        time / MICROSECONDS,
        text,
      ]),
      segments: Array.from({ length: this.#keyframes.length + 1 }, (_, i) => ({
        start: this.#start(i) / MICROSECONDS,
        url: `segments/${i}`,
      })),
    };
  }

  /** @throws NotFoundError */
  async segment(number: number): Promise<Segment> {
    if (number < 0 || number > this.#keyframes.length) {
      throw new NotFoundError(`There is no segment ${number}`);
    }
    const start = this.#start(number);
    const decoder = StreamDecoder.create();
    // One at its very beginning, as the form wants it.
    const events: SegmentEvent[] = [[start / MICROSECONDS, 'o', '']];
    for await (const event of this.#eventsOf(number)) {
      const code = CODES[event.type];
      const decoded = decoder.decode(event);
      const text =
        code === 'o' ? withWholeLineEnds(decoded, this.#options) : decoded;
      if (code && (text !== '' || code === 'm')) {
        const time = Math.max(event.time, start) / MICROSECONDS;
        events.push([time, code, text]);
      }
    }
    if (number === this.#keyframes.length) {
      events.push([this.#duration / MICROSECONDS, 'o', '']);
    }
    return { snapshot: await this.#snapshot(number), events };
  }

  #start(number: number): number {
    return number === 0 ? 0 : this.#keyframes[number - 1].time + 1;
  }

  async #snapshot(number: number): Promise<Segment['snapshot']> {
    const { size, readKeyframe } = this.#options;
    if (number === 0) {
      return { cols: size.columns, rows: size.rows, init: '' };
    }
    const keyframe = await readKeyframe(this.#keyframes[number - 1].time);
    if (!keyframe) {
      throw new NotFoundError(`Segment ${number} has no keyframe`);
    }
    const { columns, rows, payload } = keyframe;
    return {
      cols: columns,
      rows,
      init: Buffer.from(payload).toString('utf8'),
    };
  }

  /** From its keyframe to the next one. */
  async *#eventsOf(number: number): AsyncGenerator<RecordingEvent> {
    const { readEvents, chunkCount } = this.#options;
    const from = this.#keyframes[number - 1] ?? { chunk: 0, event: 0 };
    const to = this.#keyframes[number] ?? { chunk: chunkCount, event: 0 };
    for (let chunk = from.chunk; chunk <= to.chunk; chunk++) {
      if (chunk === to.chunk && to.event === 0) {
        return;
      }
      const events = await readEvents(chunk);
      yield* events.slice(
        chunk === from.chunk ? from.event : 0,
        chunk === to.chunk ? to.event : undefined,
      );
    }
  }
}
