import type { MomentKeyframe } from 'backstage-plugin-kubernetes-audit-common';
import { Keyframe, KeyframeIndex } from './keyframes';
import { limitSize } from './screenOperations';

/** Keyframes that stay in memory; the oldest asked for go first. */
const MAX_CACHED = 48;
/** For so long no keyframe is asked for where there was none, in milliseconds. */
const ASK_AGAIN_AFTER = 10_000;

/**
 * Asks the portal for the latest keyframe at or before a time, in
 * microseconds; nothing where the recording's start is it.
 */
export type KeyframeLoader = (
  time: number,
) => Promise<MomentKeyframe | undefined>;

/** A keyframe is the answer for all times from its own to `until`. */
type Answer = { keyframe: Keyframe; until: number };

/**
 * The keyframes that the portal has made. Where it has none, or fails, there
 * is still the start of the recording.
 */
export class RemoteKeyframes implements KeyframeIndex {
  readonly start: Keyframe;
  readonly #load: KeyframeLoader;
  readonly #now: () => number;
  /** In order of use, the latest last. */
  readonly #answers: Answer[] = [];
  readonly #loading = new Map<number, Promise<Keyframe>>();
  /** Up to this time of the recording there was none, at that moment. */
  #none = { upTo: -1, askedAt: -Infinity };

  /** @param options - `known` is what the loader would answer for a time; `now` in milliseconds */
  static create(options: {
    start: Keyframe;
    load: KeyframeLoader;
    known?: { time: number; keyframe: MomentKeyframe };
    now: () => number;
  }): RemoteKeyframes {
    const { start, load, known, now } = options;
    const keyframes = new RemoteKeyframes(start, load, now);
    if (known) {
      keyframes.#keep(toKeyframe(known.keyframe), known.time);
    }
    return keyframes;
  }

  private constructor(
    start: Keyframe,
    load: KeyframeLoader,
    now: () => number,
  ) {
    this.start = start;
    this.#load = load;
    this.#now = now;
  }

  async before(time: number): Promise<Keyframe> {
    const wanted = Math.max(Math.floor(time), 0);
    const known = this.#known(wanted);
    if (known) {
      return known;
    }
    const isKnownToBeNone =
      wanted <= this.#none.upTo &&
      this.#now() - this.#none.askedAt < ASK_AGAIN_AFTER;
    if (isKnownToBeNone) {
      return this.start;
    }
    const loading =
      this.#loading.get(wanted) ??
      this.#fetch(wanted).finally(() => this.#loading.delete(wanted));
    this.#loading.set(wanted, loading);
    return loading;
  }

  #known(time: number): Keyframe | undefined {
    const index = this.#answers.findIndex(
      ({ keyframe, until }) => keyframe.time <= time && time <= until,
    );
    if (index < 0) {
      return undefined;
    }
    const [answer] = this.#answers.splice(index, 1);
    this.#answers.push(answer);
    return answer.keyframe;
  }

  async #fetch(time: number): Promise<Keyframe> {
    try {
      const loaded = await this.#load(time);
      const keyframe = loaded ? toKeyframe(loaded) : this.start;
      this.#keep(keyframe, time);
      return keyframe;
    } catch {
      // Without it a seek takes longer, no more.
      this.#none = {
        upTo: Math.max(time, this.#none.upTo),
        askedAt: this.#now(),
      };
      return this.start;
    }
  }

  #keep(keyframe: Keyframe, until: number): void {
    const index = this.#answers.findIndex(
      answer => answer.keyframe.time === keyframe.time,
    );
    const [previous] = index < 0 ? [] : this.#answers.splice(index, 1);
    this.#answers.push({
      keyframe,
      until: Math.max(until, previous?.until ?? 0),
    });
    if (this.#answers.length > MAX_CACHED) {
      this.#answers.shift();
    }
  }
}

function toKeyframe(keyframe: MomentKeyframe): Keyframe {
  const { time, columns, rows, chunk, event, payload } = keyframe;
  return { time, size: limitSize({ columns, rows }), chunk, event, payload };
}
