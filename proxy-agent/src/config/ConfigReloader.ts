import type { Logger } from 'pino';
import { ConfigError } from './ConfigError';
import { NamingConfig, namedFileProblems } from './namedFileProblems';
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

/** A configuration that was taken over, and what was read for it: the file itself and those that it names. */
export type ConfigInForce<C = ProxyConfig> = {
  config: C;
  files: TrackedFiles;
};

type ReloaderOptions<C> = {
  /** The configuration file. */
  file: string;
  /**
   * Reads and validates it and the files that it names.
   *
   * @throws ConfigError
   */
  load: (file: string, files: TrackedFiles) => C;
  /** What the process was started with. */
  inForce: ConfigInForce<C>;
  /** Takes a configuration over as a whole, or throws and changes nothing. */
  apply: (config: C) => void;
  /** Another one was taken over. */
  onApplied?: (inForce: ConfigInForce<C>) => void;
  logger: Logger;
  now?: () => number;
};

/**
 * Reloads the configuration when it is told to, and when the file or one that
 * it names has changed. One that cannot be used is refused, and the old one
 * stays; the files that the old one names are still read when they change, so
 * that a certificate is renewed whatever becomes of the configuration file.
 */
export class ConfigReloader<C extends NamingConfig = ProxyConfig> {
  readonly #options: ReloaderOptions<C>;
  readonly #now: () => number;
  readonly #counts: ReloadCounts;
  #inForce: ConfigInForce<C>;
  /** Of the last attempt, whatever became of it. */
  #watched: readonly TrackedFiles[];
  #changed: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  static create<C extends NamingConfig>(
    options: ReloaderOptions<C>,
  ): ConfigReloader<C> {
    return new ConfigReloader(options);
  }

  private constructor(options: ReloaderOptions<C>) {
    this.#options = options;
    this.#inForce = options.inForce;
    this.#watched = [options.inForce.files];
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
    const watched = this.#watched;
    const fingerprints = await Promise.all(
      watched.map(files => files.currentFingerprint()),
    );
    if (this.#isStopped || watched !== this.#watched) {
      return;
    }
    const fingerprint = fingerprints.join();
    if (fingerprint === watched.map(files => files.fingerprint).join()) {
      this.#changed = undefined;
    } else if (fingerprint === this.#changed) {
      this.reload('a file has changed');
    } else {
      this.#changed = fingerprint;
    }
  }

  /** Reloads now, whatever has changed. */
  reload(cause: string): void {
    const { file, load, apply, onApplied, logger } = this.#options;
    const files = TrackedFiles.create();
    this.#changed = undefined;
    this.#watched = [files];
    try {
      const config = load(file, files);
      apply(config);
      this.#inForce = { config, files };
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
      this.#renew(error as Error);
      return;
    }
    this.#counts.success += 1;
    this.#counts.lastSuccess = this.#now();
    onApplied?.(this.#inForce);
  }

  /** Takes the old configuration over once more if a file that it names has changed. */
  #renew(refusal: Error): void {
    const { file, apply, logger } = this.#options;
    const { config, files: before } = this.#inForce;
    const files = TrackedFiles.create();
    const problems = namedFileProblems(config, files);
    this.#watched = [...this.#watched, files];
    if (files.fingerprint === before.without(file).fingerprint) {
      return;
    }
    if (problems.length > 0) {
      // They may be why the new one was refused, and have been told.
      if (problems.some(({ message }) => !refusal.message.includes(message))) {
        logger.error(
          { problems },
          'files that the old configuration names have changed, and cannot be used',
        );
      }
      return;
    }
    try {
      apply(config);
    } catch (error) {
      logger.error(
        { err: error },
        'files that the old configuration names have changed, and cannot be taken over',
      );
      return;
    }
    const itself = before.seen.filter(([path]) => path === file);
    this.#inForce = {
      config,
      files: TrackedFiles.create([...itself, ...files.seen]),
    };
    logger.info(
      'files that the old configuration names have changed, and were taken over',
    );
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
