import {
  AgentHeartbeat,
  MAX_CREDENTIAL_USES,
} from 'backstage-plugin-kubernetes-audit-common';

type Uses = NonNullable<AgentHeartbeat['credentialUses']>;

/** Remembers which credentials were used, until the portal knows. */
export class CredentialUses {
  /** When last, in milliseconds since 1970, by id. */
  readonly #uses = new Map<string, number>();

  static create(): CredentialUses {
    return new CredentialUses();
  }

  private constructor() {}

  /** Of more than the portal is told of at once, those that come later are left out. */
  note(id: string, at: number): void {
    if (this.#uses.size < MAX_CREDENTIAL_USES || this.#uses.has(id)) {
      this.#uses.set(id, at);
    }
  }

  /** What is new since {@link told}. */
  list(): Uses {
    return [...this.#uses].map(([id, at]) => ({
      id,
      usedAt: new Date(at).toISOString(),
    }));
  }

  /** The portal has taken a list; what was used again meanwhile stays. */
  told(uses: Uses): void {
    for (const { id, usedAt } of uses) {
      if (this.#uses.get(id) === Date.parse(usedAt)) {
        this.#uses.delete(id);
      }
    }
  }
}
