import assert from 'node:assert/strict';
import type { RecordingDetail } from 'backstage-plugin-kubernetes-audit-common';
import { eventually } from '../support/eventually';
import { recordedTimes } from '../support/recordedTimes';
import { TerminalSession, TerminalSize } from '../support/TerminalSession';
import { ProductUnderTest } from './ProductUnderTest';

/** Until what was recorded is in the portal. */
const DELIVERY_TIMEOUT_MS = 60_000;

/** What became of a session. */
export type RecordedSession = {
  code: number;
  recording: RecordingDetail;
  /** When texts were first in the output, as shares of the duration. */
  times: (texts: RegExp[]) => Promise<number[]>;
};

/** Sessions of `kubectl exec -it` that somebody works in, and their recordings. */
export class SessionsUnderTest {
  static create(product: ProductUnderTest): SessionsUnderTest {
    return new SessionsUnderTest(product);
  }

  readonly #product: ProductUnderTest;

  private constructor(product: ProductUnderTest) {
    this.#product = product;
  }

  /** @param work - `running` ends with the id of the recording as soon as the portal has it */
  async record(
    command: string[],
    size: TerminalSize,
    work: (
      terminal: TerminalSession,
      running: () => Promise<string>,
    ) => Promise<void>,
  ): Promise<RecordedSession> {
    const { kubectl, portal } = this.#product;
    const before = new Set((await portal.recordings()).map(({ id }) => id));
    const find = (status: RecordingDetail['status']) =>
      eventually(async () => {
        const found = (await portal.recordings()).filter(
          ({ id }) => !before.has(id),
        );
        assert.equal(found.length, 1);
        assert.equal(found[0].status, status);
        return found[0].id;
      }, DELIVERY_TIMEOUT_MS);
    const terminal = kubectl.openTerminal(
      ['exec', '-it', 'web', '--container=main', '--', ...command],
      size,
    );
    let code: number;
    try {
      await work(terminal, () => find('recording'));
    } finally {
      code = await terminal.end();
    }
    const recording = await portal.recording(await find('complete'));
    return {
      code,
      recording,
      times: async texts =>
        recordedTimes(
          await portal.asciicast(recording.id),
          recording.durationMs ?? 0,
          texts,
        ),
    };
  }
}
