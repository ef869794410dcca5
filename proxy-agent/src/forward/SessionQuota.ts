/** One of the sessions that a user may have. */
export type SessionPlace = {
  /** Gives it back; the second call changes nothing. */
  free(): void;
};

/**
 * How many sessions one user may have at once. It keeps one user from taking
 * the recordings' room, and the proxy's memory, from all others.
 */
export class SessionQuota {
  /** Sessions, those included that wait for the API server; those that run stay when it shrinks. */
  perUser: number;
  readonly #taken = new Map<string, number>();

  static create(perUser: number): SessionQuota {
    return new SessionQuota(perUser);
  }

  private constructor(perUser: number) {
    this.perUser = perUser;
  }

  /** @returns undefined when the user has all that one may have */
  take(user: string): SessionPlace | undefined {
    const taken = this.#taken.get(user) ?? 0;
    if (taken >= this.perUser) {
      return undefined;
    }
    this.#taken.set(user, taken + 1);
    let isFree = false;
    return {
      free: () => {
        if (!isFree) {
          isFree = true;
          this.#giveBack(user);
        }
      },
    };
  }

  #giveBack(user: string): void {
    const left = (this.#taken.get(user) ?? 0) - 1;
    if (left > 0) {
      this.#taken.set(user, left);
    } else {
      this.#taken.delete(user);
    }
  }
}
