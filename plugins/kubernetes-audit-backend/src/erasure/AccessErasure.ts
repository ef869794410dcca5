import type { CredentialStore, UserRevocationStore } from '../access';
import type { LoginStore } from '../login';
import type { TunnelStore } from '../tunnels';
import type { PersonNames } from './PersonNames';

/**
 * Takes a person out of the credentials that it was given, and out of the join
 * tokens that it has made for tunnel agents. What is valid of the credentials
 * ends, and so do logins: they would go on to tell of the person.
 */
export class AccessErasure {
  readonly #options: Parameters<typeof AccessErasure.create>[0];

  static create(options: {
    credentials: CredentialStore;
    revocations: UserRevocationStore;
    logins: LoginStore;
    tunnels: Pick<TunnelStore, 'eraseUser'>;
    /** Milliseconds since 1970. */
    now: () => number;
  }): AccessErasure {
    return new AccessErasure(options);
  }

  private constructor(options: Parameters<typeof AccessErasure.create>[0]) {
    this.#options = options;
  }

  /**
   * @param pseudonym - the user that the credentials and tokens have then
   * @returns how many there were
   */
  async erase(person: PersonNames, pseudonym: string): Promise<number> {
    const { credentials, revocations, logins, tunnels, now } = this.#options;
    const at = new Date(now());
    let erased = 0;
    for (const userEntityRef of person.userEntityRefs) {
      await logins.removeUser(userEntityRef);
      erased += await credentials.eraseUser(userEntityRef, { pseudonym, at });
      erased += await tunnels.eraseUser(userEntityRef, pseudonym);
      await revocations.forget(userEntityRef, at);
    }
    return erased;
  }
}
