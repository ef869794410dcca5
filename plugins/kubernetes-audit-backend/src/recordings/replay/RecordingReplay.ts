import {
  decodeKeyframe,
  keyframeAt,
  MomentKeyframe,
  Recording,
  RecordingEvent,
  RecordingMoment,
  RecordingText,
  RecordingTimeline,
  Sidecar,
} from 'backstage-plugin-kubernetes-audit-common';
import { foldText } from '../../database';
import type { StoredChunk } from '../RecordingStore';
import { collectChunks } from './collectChunks';
import { SegmentedRecording } from './SegmentedRecording';
import type { SidecarCache } from './SidecarCache';
import { formatTextCursor, parseTextCursor, TextCursor } from './textCursor';

type RecordingReplayOptions = {
  recording: Recording;
  chunks: readonly StoredChunk[];
  sidecars: Pick<SidecarCache, 'latest' | 'keyframes' | 'part'>;
  readEvents: (chunk: StoredChunk) => Promise<RecordingEvent[]>;
  /** Its frames without compression. */
  readChunk: (chunk: StoredChunk) => Promise<Uint8Array>;
};

/** What the players of one recording ask, beside its chunks. */
export class RecordingReplay {
  readonly #options: RecordingReplayOptions;
  readonly #sidecar: Sidecar;

  /** @throws NotFoundError while the recording is not indexed */
  static async open(options: RecordingReplayOptions): Promise<RecordingReplay> {
    const { recording, chunks, sidecars } = options;
    return new RecordingReplay(
      options,
      await sidecars.latest(recording.id, chunks),
    );
  }

  private constructor(options: RecordingReplayOptions, sidecar: Sidecar) {
    this.#options = options;
    this.#sidecar = sidecar;
  }

  timeline(): RecordingTimeline {
    return timelineOf(this.#sidecar);
  }

  /**
   * The keyframe before a time, in microseconds, and what happened from there to
   * the time, as much as one answer holds.
   */
  async moment(time: number): Promise<RecordingMoment> {
    const keyframe = await this.#keyframeBefore(time);
    return {
      keyframe,
      chunks: await collectChunks({
        ...this.#options,
        from: keyframe ?? { chunk: 0, event: 0 },
        time,
      }),
    };
  }

  async #keyframeBefore(time: number): Promise<MomentKeyframe | undefined> {
    const { recording, sidecars } = this.#options;
    const { keyframes, parts } = this.#sidecar;
    const entry = keyframes.findLast(keyframe => keyframe.time <= time);
    if (!entry) {
      return undefined;
    }
    const { columns, rows, payload } = decodeKeyframe(
      keyframeAt(
        await sidecars.keyframes(recording.id, parts[entry.part]),
        entry,
      ),
    );
    return {
      time: entry.time,
      columns,
      rows,
      chunk: entry.chunk,
      event: entry.event,
      payload,
    };
  }

  /**
   * Lines of the recording, all or those with a text in them, in any case.
   *
   * @param options - `cursor`: the `nextCursor` of the page before
   * @throws InputError when the cursor is malformed
   */
  async text(options: {
    search?: string;
    cursor?: string;
    limit: number;
  }): Promise<RecordingText> {
    const { search, cursor, limit } = options;
    const { recording, sidecars } = this.#options;
    const { parts, isComplete, failure, isTextTruncated } = this.#sidecar;
    const wanted = search === undefined ? undefined : foldText(search);
    const items: RecordingText['items'] = [];
    let next: TextCursor =
      cursor === undefined ? { part: 0, line: 0 } : parseTextCursor(cursor);
    for (; next.part < parts.length; next = { part: next.part + 1, line: 0 }) {
      const { content } = await sidecars.part(recording.id, parts[next.part]);
      for (; next.line < content.text.length; next.line++) {
        const line = content.text[next.line];
        if (wanted !== undefined && !foldText(line.text).includes(wanted)) {
          continue;
        }
        if (items.length === limit) {
          const nextCursor = formatTextCursor(next);
          return { items, isTruncated: true, nextCursor };
        }
        items.push(line);
      }
    }
    const isAll = isComplete || failure !== undefined;
    return {
      items,
      isTruncated: isTextTruncated,
      ...(!isAll && { nextCursor: formatTextCursor(next) }),
    };
  }

  /** As asciinema's player takes large recordings. */
  segments(): SegmentedRecording {
    const { recording, chunks, readEvents } = this.#options;
    const { chunkCount } = this.#sidecar;
    return SegmentedRecording.create({
      tty: recording.tty,
      size: recording.size,
      sidecar: this.#sidecar,
      readKeyframe: time => this.#keyframeBefore(time),
      readEvents: index => readEvents(chunks[index]),
      chunkCount,
    });
  }
}

/** What a sidecar says that is drawn over the time of its recording. */
export function timelineOf(sidecar: Sidecar): RecordingTimeline {
  const { lastTime, isComplete, activity, idle, markers } = sidecar;
  const { curtailedFrames, failure } = sidecar;
  return {
    lastTime,
    isComplete,
    activity,
    idle,
    markers,
    ...(curtailedFrames > 0 && { isCurtailed: true }),
    ...(failure && {
      failure: { code: failure.code, message: failure.message },
    }),
  };
}
