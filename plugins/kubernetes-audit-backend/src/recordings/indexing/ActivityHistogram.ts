import type { Sidecar } from 'backstage-plugin-kubernetes-audit-common';

/** So fine that a bar of any screen can be drawn from them. */
const BUCKETS = 512;
/** With which a recording begins, in microseconds. */
const FIRST_BUCKET_MICROSECONDS = 16_384;

/**
 * Counts bytes over a time whose length is not known: when it exceeds the
 * buckets, each takes in its neighbour.
 */
export class ActivityHistogram {
  readonly #buckets: number[];
  #bucketMicroseconds: number;

  static create(state?: Sidecar['activity']): ActivityHistogram {
    return new ActivityHistogram(
      state ?? { bucketMicroseconds: FIRST_BUCKET_MICROSECONDS, buckets: [] },
    );
  }

  private constructor({ bucketMicroseconds, buckets }: Sidecar['activity']) {
    this.#bucketMicroseconds = bucketMicroseconds;
    this.#buckets = [...buckets];
  }

  /** @param time - microseconds since the recording's start */
  add(time: number, bytes: number): void {
    while (time >= BUCKETS * this.#bucketMicroseconds) {
      this.#double();
    }
    const index = Math.floor(time / this.#bucketMicroseconds);
    while (this.#buckets.length <= index) {
      this.#buckets.push(0);
    }
    this.#buckets[index] += bytes;
  }

  get state(): Sidecar['activity'] {
    return {
      bucketMicroseconds: this.#bucketMicroseconds,
      buckets: [...this.#buckets],
    };
  }

  #double(): void {
    const half = Math.ceil(this.#buckets.length / 2);
    for (let index = 0; index < half; index++) {
      this.#buckets[index] =
        this.#buckets[2 * index] + (this.#buckets[2 * index + 1] ?? 0);
    }
    this.#buckets.length = half;
    this.#bucketMicroseconds *= 2;
  }
}
