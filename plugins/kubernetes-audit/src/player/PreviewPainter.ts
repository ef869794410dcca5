import type { RecordingChunk } from 'backstage-plugin-kubernetes-audit-common';
import type { KeyframeIndex } from './keyframes';
import type { RecordingTape } from './RecordingTape';
import { replayCost } from './replayCost';
import { ReplayCursor } from './ReplayCursor';
import type { Screen } from './Screen';

/** A preview replays what costs no more after a keyframe: {@link replayCost}. */
const MAX_REPLAY_COST = 512 * 1024;

/** Where previews come from. */
export type PreviewSource = {
  /** As they are now: of a running session there are more each time. */
  chunks: () => readonly RecordingChunk[];
  tape: RecordingTape;
  keyframes: KeyframeIndex;
};

/**
 * Shows moments of a recording on a screen of its own: each from the keyframe
 * before it, and on from there when that takes little. While one is shown, only
 * the latest of those wanted waits.
 */
export class PreviewPainter {
  readonly #source: PreviewSource;
  readonly #screen: Screen;
  readonly #onPainted: () => void;
  #wanted: number | undefined;
  #isPainting = false;

  static create(options: {
    source: PreviewSource;
    screen: Screen;
    onPainted: () => void;
  }): PreviewPainter {
    return new PreviewPainter(options);
  }

  private constructor(options: {
    source: PreviewSource;
    screen: Screen;
    onPainted: () => void;
  }) {
    this.#source = options.source;
    this.#screen = options.screen;
    this.#onPainted = options.onPainted;
  }

  /** @param time - microseconds */
  async show(time: number): Promise<void> {
    this.#wanted = time;
    if (this.#isPainting) {
      return;
    }
    this.#isPainting = true;
    try {
      while (this.#wanted !== undefined) {
        const next: number = this.#wanted;
        this.#wanted = undefined;
        // What cannot be fetched has no preview; the player says why.
        if (await this.#paint(next).catch(() => false)) {
          this.#onPainted();
        }
      }
    } finally {
      this.#isPainting = false;
    }
  }

  /** @returns whether there was anything to show */
  async #paint(time: number): Promise<boolean> {
    const { keyframes, tape } = this.#source;
    const chunks = this.#source.chunks();
    const keyframe = await keyframes.before(time);
    const isNear =
      replayCost(chunks, tape, keyframe.time, time) <= MAX_REPLAY_COST;
    if (!keyframe.payload && !isNear) {
      return false;
    }
    const cursor = ReplayCursor.create({
      chunks,
      tape,
      screen: this.#screen,
      size: keyframe.size,
    });
    cursor.restore(keyframe);
    if (isNear) {
      await cursor.advance(time, new AbortController().signal, {
        onStarved: () => {},
        onFed: () => {},
      });
    } else {
      await cursor.settle();
    }
    return true;
  }
}
