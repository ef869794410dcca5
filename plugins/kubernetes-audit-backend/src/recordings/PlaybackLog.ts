/** Chunks that are read within so long after each other are one playback, in milliseconds. */
const PLAYBACK_PAUSE_MS = 15 * 60_000;
/** Playbacks that are remembered; beyond it the oldest is forgotten and audited once more. */
const MAX_PLAYBACKS = 10_000;

/**
 * Remembers which playbacks are in the audit already, so that each is there
 * once: opening a recording begins one, and so does a chunk that is read
 * without that. Each replica remembers its own, so a playback may be there
 * once for each of them, but never not at all.
 */
export class PlaybackLog {
  /** Oldest use first. */
  readonly #lastUse = new Map<string, number>();

  static create(options: { now: () => number }): PlaybackLog {
    return new PlaybackLog(options.now);
  }

  private constructor(private readonly now: () => number) {}

  isRunning(userEntityRef: string, recordingId: string): boolean {
    const lastUse = this.#lastUse.get(keyOf(userEntityRef, recordingId));
    return lastUse !== undefined && this.now() - lastUse < PLAYBACK_PAUSE_MS;
  }

  /** Begins a playback or lets it go on. */
  touch(userEntityRef: string, recordingId: string): void {
    const key = keyOf(userEntityRef, recordingId);
    this.#lastUse.delete(key);
    this.#lastUse.set(key, this.now());
    const [oldest] = this.#lastUse.keys();
    if (this.#lastUse.size > MAX_PLAYBACKS) {
      this.#lastUse.delete(oldest);
    }
  }
}

function keyOf(userEntityRef: string, recordingId: string): string {
  return `${userEntityRef} ${recordingId.toLowerCase()}`;
}
