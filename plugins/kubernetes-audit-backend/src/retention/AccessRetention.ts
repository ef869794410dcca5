import type { CredentialStore } from '../access';
import type { TunnelStore } from '../tunnels';

const DAY_MS = 24 * 3600_000;
/**
 * For so long after it has expired a credential is listed, in milliseconds:
 * who looks into what happened may ask who had one. It is longer by far than
 * its revocation counts.
 */
const CREDENTIALS_KEPT_MS = 90 * DAY_MS;
/** For so long after its end a join token is known, in milliseconds: who tries it is told that it has expired. */
const TOKENS_KEPT_MS = 7 * DAY_MS;
/** Credentials of one statement: issuing does not wait for more. */
const AT_ONCE = 1000;

/**
 * Forgets credentials and join tokens that expired long ago: they are of no use
 * any more, tell of people, and there are more of them each day.
 */
export class AccessRetention {
  readonly #options: Parameters<typeof AccessRetention.create>[0];

  static create(options: {
    credentials: Pick<CredentialStore, 'removeExpired'>;
    tunnels: Pick<TunnelStore, 'removeExpired'>;
    /** Milliseconds since 1970. */
    now: () => number;
  }): AccessRetention {
    return new AccessRetention(options);
  }

  private constructor(options: Parameters<typeof AccessRetention.create>[0]) {
    this.#options = options;
  }

  async sweep(signal?: AbortSignal): Promise<void> {
    const { credentials, tunnels, now } = this.#options;
    await tunnels.removeExpired(new Date(now() - TOKENS_KEPT_MS));
    const before = new Date(now() - CREDENTIALS_KEPT_MS);
    while (
      !signal?.aborted &&
      (await credentials.removeExpired(before, AT_ONCE)) > 0
    );
  }
}
