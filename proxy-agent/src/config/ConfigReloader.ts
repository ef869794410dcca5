import type { Logger } from 'pino';
import { ConfigError } from './ConfigError';
import { loadConfigAndFiles } from './loadConfig';
import type { ProxyConfig } from './ProxyConfig';
import { TrackedFiles } from './TrackedFiles';

/** How often the files are looked at, in milliseconds. */
const LOOK_EVERY_MS = 5000;
/** What has changed is looked at again after so long, in milliseconds: it may be half written. */
const SETTLE_MS = 1000;

/** What became of the reloads since the start. */
export type ReloadCounts = {
  success: number;
  failure: number;
  /** When a configuration was last taken over, at the start or later, in milliseconds since 1970. */
  lastSuccess: number;
};

type ReloaderOptions = {
  /** The configuration file. */
  file: string;
  /** What was read at the start. */
  files: TrackedFiles;
  /** Takes a configuration over as a whole, or throws and changes nothing. */
  apply: (config: ProxyConfig) => void;
  logger: Logger;
  now?: () => number;
};

/**
 * Reloads the configuration when it is told to, and when the file or one that
 * it names has changed. One that cannot be used is refused, and the old one
 * stays.
 */
export class ConfigReloader {
  readonly #options: ReloaderOptions;
  readonly #now: () => number;
  readonly #counts: ReloadCounts;
  #files: TrackedFiles;
  #changed: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  static create(options: ReloaderOptions): ConfigReloader {
    return new ConfigReloader(options);
  }

  private constructor(options: ReloaderOptions) {
    this.#options = options;
    this.#files = options.files;
    this.#now = options.now ?? Date.now;
    this.#counts = { success: 0, failure: 0, lastSuccess: this.#now() };
  }

  get counts(): Readonly<ReloadCounts> {
    return this.#counts;
  }

  /** Looks at the files regularly. */
  start(): void {
    this.#schedule(LOOK_EVERY_MS);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /**
   * Looks once whether a file has changed, and reloads when two looks in
   * succession have seen the same change.
   */
  async look(): Promise<void> {
    const files = this.#files;
    const fingerprint = await files.currentFingerprint();
    if (this.#isStopped || files !== this.#files) {
      return;
    }
    if (fingerprint === files.fingerprint) {
      this.#changed = undefined;
    } else if (fingerprint === this.#changed) {
      this.reload('a file has changed');
    } else {
      this.#changed = fingerprint;
    }
  }

  /** Reloads now, whatever has changed. */
  reload(cause: string): void {
    const { file, apply, logger } = this.#options;
    this.#changed = undefined;
    this.#files = TrackedFiles.create();
    try {
      apply(loadConfigAndFiles(file, this.#files));
    } catch (error) {
      this.#counts.failure += 1;
      logger.error(
        error instanceof ConfigError
          ? { cause, problems: error.problems }
          : { cause, err: error },
        `the new configuration is refused, the old one stays: ${
          (error as Error).message
        }`,
      );
      return;
    }
    this.#counts.success += 1;
    this.#counts.lastSuccess = this.#now();
  }

  #schedule(delayMs: number): void {
    this.#timer = setTimeout(async () => {
      await this.look();
      if (!this.#isStopped) {
        this.#schedule(this.#changed ? SETTLE_MS : LOOK_EVERY_MS);
      }
    }, delayMs).unref();
  }
}
