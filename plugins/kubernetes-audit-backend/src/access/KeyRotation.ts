import type { LoggerService } from '@backstage/backend-plugin-api';
import type { HeartbeatStore } from '../agents';
import type { CredentialStore } from './CredentialStore';
import type { SigningKeys, SigningKeyState } from './SigningKeys';

/** For so long, in milliseconds, a key is only published before it signs. */
export const PUBLISHING_MS = 5 * 60_000;
/**
 * A proxy that has not been heard of for so long, in milliseconds, is not
 * waited for: by its own `policy.maxAge` it is closed until it has a new policy.
 */
export const MAX_PUBLISHING_MS = 24 * 60 * 60_000;
/**
 * So long after the last credential that it signed has expired a key is
 * retired, in milliseconds: clocks differ, and a replica may have had it in
 * hand when the next one began to sign.
 */
export const RETIREMENT_GRACE_MS = 60 * 60_000;

type KeyRotationOptions = {
  keys: SigningKeys;
  credentials: CredentialStore;
  heartbeats: HeartbeatStore;
  /** How long a key signs, in milliseconds; without, keys rotate on demand alone. */
  periodMs: number | undefined;
  logger: LoggerService;
  /** Milliseconds since 1970. */
  now: () => number;
};

/**
 * Leads the signing keys through their lives: a key is published before it
 * signs, so each proxy knows it when the first credential by it arrives, and
 * verifies for as long as a credential that it signed is valid.
 */
export class KeyRotation {
  readonly #options: KeyRotationOptions;

  static create(options: KeyRotationOptions): KeyRotation {
    return new KeyRotation(options);
  }

  private constructor(options: KeyRotationOptions) {
    this.#options = options;
  }

  /** Publishes the next key, unless one is published already, and answers which one it is. */
  async rotate(): Promise<SigningKeyState> {
    const { keys, logger } = this.#options;
    const key = await keys.publishNext();
    logger.info(`The signing key ${key.kid} is published`);
    return key;
  }

  /**
   * For keys that were stolen: a new one signs at once, and whatever others
   * signed is refused from now on, all credentials of users with it.
   */
  async replace(): Promise<SigningKeyState> {
    const { keys, logger } = this.#options;
    const [newest] = await keys.list();
    if (newest.signsSince === undefined) {
      // It lay beside those that were stolen: it only endorses the next.
      await keys.beginSigning(newest);
    }
    const key = await keys.publishNext();
    await keys.beginSigning(key);
    for (const other of await keys.list()) {
      if (other.generation !== key.generation) {
        await keys.retire(other);
      }
    }
    logger.warn(`The signing key ${key.kid} replaces all others`);
    return key;
  }

  /** Does what is due; to be called every minute or so, by one replica at a time. */
  async advance(): Promise<void> {
    const { keys, periodMs, logger, now } = this.#options;
    const [newest] = await keys.list();
    if (newest.signsSince === undefined) {
      if (await this.#isKnownToProxies(newest)) {
        await keys.beginSigning(newest);
        logger.info(`The signing key ${newest.kid} signs from now on`);
      }
    } else if (
      periodMs !== undefined &&
      now() - newest.signsSince >= periodMs
    ) {
      await this.rotate();
    }
    await this.#retireUnused();
  }

  /** A bundle's version is the time of its last change, so one that is as new as the key has it. */
  async #isKnownToProxies({ publishedAt }: SigningKeyState): Promise<boolean> {
    const { heartbeats, now } = this.#options;
    const age = now() - publishedAt;
    if (age < PUBLISHING_MS || age >= MAX_PUBLISHING_MS) {
      return age >= PUBLISHING_MS;
    }
    return (await heartbeats.list()).every(
      ({ kind, lastSeenAt, bundleVersion = 0 }) =>
        kind !== 'proxy' ||
        bundleVersion >= publishedAt ||
        now() - Date.parse(lastSeenAt) >= MAX_PUBLISHING_MS,
    );
  }

  async #retireUnused(): Promise<void> {
    const { keys, credentials, logger, now } = this.#options;
    let successor: SigningKeyState | undefined;
    for (const key of await keys.list()) {
      const signedUntil = successor?.signsSince;
      if (signedUntil !== undefined && key.retiredAt === undefined) {
        const lastExpiry = await credentials.lastExpiry(
          new Date(signedUntil + RETIREMENT_GRACE_MS),
        );
        const unusedSince = Math.max(signedUntil, lastExpiry?.getTime() ?? 0);
        if (now() >= unusedSince + RETIREMENT_GRACE_MS) {
          await keys.retire(key);
          logger.info(`The signing key ${key.kid} is retired`);
        }
      }
      successor = key;
    }
  }
}
