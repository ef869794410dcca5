import type { CredentialClaims } from 'backstage-plugin-kubernetes-audit-common';

/** What is answered within so long need not be cut, in milliseconds. */
const GRACE_MS = 2000;

type RunningCall = {
  claims: CredentialClaims;
  /** Ends it, with a word to the user where the protocol has room for one. */
  end: (reason: string) => void;
};

/**
 * What was admitted and has not ended: a watch or a session may outlive the
 * credential that it came with.
 */
export class RunningCalls {
  readonly #calls = new Set<RunningCall>();

  static create(): RunningCalls {
    return new RunningCalls();
  }

  private constructor() {}

  /** @returns to be called when it has ended */
  begin(call: RunningCall): () => void {
    this.#calls.add(call);
    return () => this.#calls.delete(call);
  }

  /**
   * Ends those whose credential is not good any more, unless they end by
   * themselves in a moment; also what begins in that moment.
   */
  endRevoked(isRevoked: (claims: CredentialClaims) => boolean): void {
    setTimeout(() => {
      for (const call of this.#calls) {
        if (isRevoked(call.claims)) {
          call.end('the credential was revoked');
        }
      }
    }, GRACE_MS).unref();
  }
}
