import {
  decodeKeyframe,
  keyframeAt,
  RecordingEvent,
  Sidecar,
  SidecarPart,
  TerminalSize,
  WithKeyframes,
} from 'backstage-plugin-kubernetes-audit-common';
import { ActivityHistogram } from './ActivityHistogram';
import { IdleSpans } from './IdleSpans';
import { KeyframeSchedule } from './KeyframeSchedule';
import { parseSize, parseTerminal } from './parseTerminalEvents';
import type { PartRange } from './planParts';
import { readSoundFrames, SoundFrame } from './readSoundFrames';
import { WorkBudget } from './screen';
import { TextReplay } from './TextReplay';

/** Output without a moment at which a keyframe can be written, in bytes. */
const MAX_BYTES_WITHOUT_KEYFRAME = 32 * 1024 * 1024;
/** Text of a recording, in bytes. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024;
const MAX_MARKER_CHARACTERS = 256;
const MAX_MARKERS = 10_000;
/** Commands are markers where there are fewer markers than this. */
const MAX_COMMANDS = 2000;

/** A terminal until the recording's header says which it was. */
const DEFAULT_TERMINAL = { size: { columns: 80, rows: 24 }, tty: true };

type KeyframeEntry = SidecarPart['keyframes'][number];

/** What a part adds: the part itself, and the sidecar with it. */
export type BuiltPart = {
  part: WithKeyframes<SidecarPart>;
  sidecar: WithKeyframes<Sidecar>;
};

/** Of no chunks. */
export const EMPTY_SIDECAR: Sidecar = {
  chunkCount: 0,
  isComplete: false,
  lastTime: 0,
  outputBytes: 0,
  damagedFrames: 0,
  curtailedFrames: 0,
  frames: [],
  parts: [],
  keyframes: [],
  activity: ActivityHistogram.create().state,
  idle: [],
  markers: [],
  textBytes: 0,
  isTextTruncated: false,
  resume: { lastActivityTime: 0 },
};

/** The chunk from which a part's chunks are to be given to its builder: its own first, or one before it. */
export function firstChunkOf(sidecar: Sidecar | undefined): number {
  return sidecar?.resume.keyframe?.chunk ?? 0;
}

/** Replays the chunks of a part and notes what its sidecar says of them. */
export class PartBuilder {
  readonly #range: PartRange;
  readonly #before: WithKeyframes<Sidecar>;
  readonly #activity: ActivityHistogram;
  readonly #idle: IdleSpans;
  readonly #frames: Sidecar['frames'] = [];
  readonly #markers: Sidecar['markers'] = [];
  readonly #keyframes: KeyframeEntry[] = [];
  readonly #keyframeBytes: Uint8Array[] = [];
  #replayed: TextReplay;
  /** Where the emulator stands. */
  #position: { chunk: number; event: number };
  #lastTime: number;
  #outputBytes: number;
  #damagedFrames = 0;
  #curtailedFrames = 0;
  readonly #budget = WorkBudget.create();
  #schedule = KeyframeSchedule.create(0);
  #lastKeyframe: { entry: KeyframeEntry; encoded: Uint8Array } | undefined;

  /** @param before - the sidecar of the chunks before the range */
  static async create(
    range: PartRange,
    before: WithKeyframes<Sidecar> = {
      content: EMPTY_SIDECAR,
      keyframes: new Uint8Array(),
    },
  ): Promise<PartBuilder> {
    const builder = new PartBuilder(range, before);
    await builder.#restore();
    return builder;
  }

  private constructor(range: PartRange, before: WithKeyframes<Sidecar>) {
    const { content } = before;
    this.#range = range;
    this.#before = before;
    this.#activity = ActivityHistogram.create(content.activity);
    this.#idle = IdleSpans.create(content.resume.lastActivityTime);
    this.#position = { chunk: 0, event: 0 };
    this.#lastTime = content.lastTime;
    this.#outputBytes = content.outputBytes;
    this.#replayed = this.#createReplay(DEFAULT_TERMINAL);
  }

  /** Replays the next chunk, of the range or before it: see {@link firstChunkOf}. */
  async add(index: number, chunk: Uint8Array): Promise<void> {
    const isNew = index >= this.#range.from;
    const skipped = index === this.#position.chunk ? this.#position.event : 0;
    this.#position = { chunk: index, event: 0 };
    this.#replayed.text.isPaused = !isNew;
    const frames = readSoundFrames(chunk);
    for (;;) {
      const next = await frames.next();
      if (next.done) {
        this.#damagedFrames += isNew ? next.value : 0;
        break;
      }
      await this.#addFrame(next.value, skipped, isNew);
    }
    this.#leaveChunk(index);
  }

  /** @param isComplete - whether the recording ends with the range */
  async finish(isComplete: boolean): Promise<BuiltPart> {
    if (isComplete) {
      this.#replayed.text.end();
    }
    if (this.#schedule.bytes > 0) {
      this.#takeKeyframe();
      this.#leaveChunk(this.#position.chunk);
    }
    this.#replayed.terminal.dispose();
    return {
      part: {
        content: {
          chunks: this.#range,
          keyframes: this.#keyframes,
          text: this.#replayed.text.lines,
        },
        keyframes: Buffer.concat(this.#keyframeBytes),
      },
      sidecar: this.#sidecar(isComplete),
    };
  }

  async #restore(): Promise<void> {
    const { content, keyframes } = this.#before;
    const entry = content.resume.keyframe;
    if (!entry) {
      return;
    }
    const encoded = keyframeAt(keyframes, entry);
    const { columns, rows, payload } = decodeKeyframe(encoded);
    this.#replaceTerminal({ size: { columns, rows }, tty: true });
    await this.#replayed.terminal.write(payload);
    this.#position = { chunk: entry.chunk, event: entry.event };
    this.#lastKeyframe = { entry, encoded };
    this.#schedule = KeyframeSchedule.create(encoded.length);
  }

  #replaceTerminal(options: { size: TerminalSize; tty: boolean }): void {
    this.#replayed.terminal.dispose();
    this.#replayed = this.#createReplay(options);
    this.#replayed.text.isPaused = this.#position.chunk < this.#range.from;
  }

  #createReplay(options: { size: TerminalSize; tty: boolean }): TextReplay {
    const { textBytes, markers } = this.#before.content;
    return TextReplay.create(
      { ...options, budget: this.#budget },
      {
        maxTextBytes: MAX_TEXT_BYTES - textBytes,
        maxCommands: MAX_COMMANDS - markers.length,
      },
    );
  }

  async #addFrame(
    { header, offset, bytes, events }: SoundFrame,
    skipped: number,
    isNew: boolean,
  ): Promise<void> {
    for (const event of events ?? []) {
      const isSeen = this.#position.event < skipped;
      this.#position.event++;
      if (!isSeen) {
        await this.#replay(event);
      }
      if (isNew) {
        this.#note(event);
        if (this.#schedule.isDue()) {
          await this.#replayed.flush();
          this.#takeKeyframe();
        }
      }
    }
    await this.#replayed.flush();
    const isCurtailed = this.#budget.renew();
    if (!isNew) {
      return;
    }
    this.#curtailedFrames += isCurtailed ? 1 : 0;
    this.#damagedFrames += events ? 0 : 1;
    this.#frames.push({
      chunk: this.#position.chunk,
      sequence: header.sequence,
      offset,
      bytes,
      firstTime: header.firstTime,
      lastTime: header.lastTime,
      outputBytes: this.#outputBytes,
    });
    this.#schedule.addFrame();
    if (events?.some(changesScreen)) {
      this.#replayed.text.lookAtFullScreen();
    }
    if (this.#schedule.isDueAfterFrame()) {
      this.#takeKeyframe();
    }
  }

  /** What does not need the emulator. */
  #note(event: RecordingEvent): void {
    this.#lastTime = Math.max(this.#lastTime, event.time);
    if (event.type === 'output' || event.type === 'error') {
      this.#outputBytes += event.data.length;
      this.#activity.add(event.time, event.data.length);
    }
    if (event.type === 'marker') {
      this.#mark(event);
    } else if (event.type !== 'header') {
      this.#idle.active(event.time);
    }
  }

  #mark({ time, data }: RecordingEvent): void {
    const known = this.#before.content.markers.length + this.#markers.length;
    if (known < MAX_MARKERS) {
      const text = Buffer.from(data).toString('utf8');
      this.#markers.push({ time, text: text.slice(0, MAX_MARKER_CHARACTERS) });
    }
  }

  /** Those of the recording and the commands, in order of time. */
  #marked(): Sidecar['markers'] {
    return this.#markers
      .concat(this.#replayed.text.commands)
      .sort((a, b) => a.time - b.time);
  }

  async #replay(event: RecordingEvent): Promise<void> {
    switch (event.type) {
      case 'output':
      case 'error':
        this.#schedule.addOutput(event.data.length);
        await this.#replayed.write(event.time, event.data);
        break;
      case 'resize': {
        const size = parseSize(event.data);
        if (size) {
          await this.#replayed.resize(size);
          this.#schedule.addResize();
        }
        break;
      }
      case 'header': {
        const { chunk, event: events } = this.#position;
        const terminal = parseTerminal(event.data);
        // A second header is not one.
        if (terminal && chunk === 0 && events === 1) {
          this.#replaceTerminal(terminal);
        }
        break;
      }
      default:
        // Input is not shown: the terminal echoed what it wanted seen.
        break;
    }
  }

  #takeKeyframe(): void {
    const encoded = this.#replayed.terminal.keyframe(this.#lastTime);
    this.#schedule.attempted(encoded?.length);
    if (!encoded) {
      return;
    }
    const entry: KeyframeEntry = {
      time: this.#lastTime,
      ...this.#position,
      offset: this.#keyframeBytes.reduce((sum, { length }) => sum + length, 0),
      bytes: encoded.length,
    };
    this.#keyframes.push(entry);
    this.#keyframeBytes.push(encoded);
    this.#lastKeyframe = { entry, encoded };
  }

  /** After a keyframe at the end of a chunk, replay goes on with the next one. */
  #leaveChunk(index: number): void {
    const entry = this.#keyframes.at(-1);
    const { event } = this.#position;
    if (entry?.chunk === index && entry.event === event && event > 0) {
      Object.assign(entry, { chunk: index + 1, event: 0 });
    }
  }

  #sidecar(isComplete: boolean): WithKeyframes<Sidecar> {
    const before = this.#before.content;
    const last = this.#lastKeyframe;
    // Of a keyframe that shows the end of the range nothing is to be replayed.
    const isAtEnd = this.#schedule.bytes === 0;
    const isStuck = this.#schedule.bytes > MAX_BYTES_WITHOUT_KEYFRAME;
    return {
      content: {
        chunkCount: this.#range.to,
        isComplete: isComplete && !isStuck,
        lastTime: this.#lastTime,
        outputBytes: this.#outputBytes,
        damagedFrames: before.damagedFrames + this.#damagedFrames,
        curtailedFrames: before.curtailedFrames + this.#curtailedFrames,
        frames: before.frames.concat(this.#frames),
        parts: [...before.parts, this.#range],
        keyframes: before.keyframes.concat(
          this.#keyframes.map(entry => ({
            ...entry,
            part: before.parts.length,
          })),
        ),
        activity: this.#activity.state,
        idle: before.idle.concat(this.#idle.spans),
        markers: before.markers.concat(this.#marked()).slice(0, MAX_MARKERS),
        textBytes: before.textBytes + this.#replayed.text.bytes,
        isTextTruncated:
          before.isTextTruncated || this.#replayed.text.isTruncated,
        ...(isStuck && {
          failure: {
            code: 'no-keyframe' as const,
            message: `${
              this.#schedule.bytes
            } bytes of output never leave an escape sequence`,
            chunk: this.#range.to,
          },
        }),
        resume: {
          lastActivityTime: this.#idle.lastActivityTime,
          ...(last && {
            keyframe: {
              ...last.entry,
              ...(isAtEnd && { chunk: this.#range.to, event: 0 }),
              offset: 0,
            },
          }),
        },
      },
      keyframes: last?.encoded ?? new Uint8Array(),
    };
  }
}

function changesScreen({ type }: RecordingEvent): boolean {
  return type === 'output' || type === 'error' || type === 'resize';
}
