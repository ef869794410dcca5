import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { RequestAuditEvent } from 'backstage-plugin-kubernetes-audit-common';
import { SpoolError } from './SpoolError';

/**
 * The sessions that are open, one small file each, so that a proxy that was
 * killed can still write their ends when it comes back.
 */
export class SessionLedger {
  readonly #directory: string;

  static open(directory: string): SessionLedger {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return new SessionLedger(directory);
  }

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * @param event - the row of the session's end, as far as it is known at its beginning
   * @throws {@link SpoolError} when it cannot be kept
   */
  begin(sessionId: string, event: RequestAuditEvent): void {
    try {
      writeFileSync(this.#file(sessionId), JSON.stringify(event), {
        mode: 0o600,
      });
    } catch (error) {
      this.end(sessionId);
      throw new SpoolError(
        `the session cannot be noted: ${(error as Error).message}`,
        { cause: error },
      );
    }
  }

  end(sessionId: string): void {
    rmSync(this.#file(sessionId), { force: true });
  }

  /** What {@link begin} was given of the sessions that have no end. */
  open(): RequestAuditEvent[] {
    return readdirSync(this.#directory)
      .filter(name => name.endsWith('.json'))
      .flatMap(name => {
        try {
          return [
            JSON.parse(
              readFileSync(`${this.#directory}/${name}`, 'utf8'),
            ) as RequestAuditEvent,
          ];
        } catch {
          // Cut while it was written: the session had not begun for its user.
          rmSync(`${this.#directory}/${name}`, { force: true });
          return [];
        }
      });
  }

  #file(sessionId: string): string {
    return `${this.#directory}/${sessionId}.json`;
  }
}
