import { existsSync } from 'node:fs';

/** How often the disk is asked for the break-glass file, in milliseconds. */
const BREAK_GLASS_CHECK_MS = 1000;

/**
 * Whether the policy is recent enough to decide by. A proxy that has lost its
 * portal for long would go on letting in whom the portal has shut out.
 */
export class PolicyAge {
  #maxAgeMs: number;
  #breakGlassFile: string | undefined;
  readonly #confirmedAt: () => number | undefined;
  readonly #now: () => number;
  #broken = { value: false, checkedAt: -Infinity };

  static create(options: {
    maxAgeMs: number;
    breakGlassFile: string | undefined;
    /** When the portal last confirmed the policy, in milliseconds since 1970. */
    confirmedAt: () => number | undefined;
    now?: () => number;
  }): PolicyAge {
    return new PolicyAge(options);
  }

  private constructor(options: {
    maxAgeMs: number;
    breakGlassFile: string | undefined;
    confirmedAt: () => number | undefined;
    now?: () => number;
  }) {
    this.#maxAgeMs = options.maxAgeMs;
    this.#breakGlassFile = options.breakGlassFile;
    this.#confirmedAt = options.confirmedAt;
    this.#now = options.now ?? Date.now;
  }

  /** From now on this age and this file count. */
  use(options: { maxAgeMs: number; breakGlassFile: string | undefined }): void {
    this.#maxAgeMs = options.maxAgeMs;
    this.#breakGlassFile = options.breakGlassFile;
    this.#broken.checkedAt = -Infinity;
  }

  /** Why the policy cannot be used, in words for a user. */
  get refusal(): string | undefined {
    const confirmedAt = this.#confirmedAt();
    if (confirmedAt === undefined) {
      return 'the proxy has no policy yet: it waits for the portal';
    }
    return this.#isTooOld(confirmedAt) && !this.#isGlassBroken()
      ? `the policy was last confirmed by the portal at ${new Date(
          confirmedAt,
        ).toISOString()}, which is too long ago`
      : undefined;
  }

  /** What is added to the message of each call while the break-glass file is what lets it pass. */
  get note(): string | undefined {
    const confirmedAt = this.#confirmedAt();
    return confirmedAt !== undefined &&
      this.#isTooOld(confirmedAt) &&
      this.#isGlassBroken()
      ? `break-glass: policy last confirmed at ${new Date(
          confirmedAt,
        ).toISOString()}`
      : undefined;
  }

  #isTooOld(confirmedAt: number): boolean {
    return this.#now() - confirmedAt > this.#maxAgeMs;
  }

  #isGlassBroken(): boolean {
    const now = this.#now();
    if (Math.abs(now - this.#broken.checkedAt) >= BREAK_GLASS_CHECK_MS) {
      this.#broken = {
        value:
          this.#breakGlassFile !== undefined &&
          existsSync(this.#breakGlassFile),
        checkedAt: now,
      };
    }
    return this.#broken.value;
  }
}
