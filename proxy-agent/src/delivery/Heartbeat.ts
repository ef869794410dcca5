import type { Logger } from 'pino';
import {
  AgentHeartbeat,
  HeartbeatAnswer,
  heartbeatAnswerSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import { DeliveryLoop } from './DeliveryLoop';
import type { PortalClient } from './PortalClient';

const INTERVAL_MS = 10_000;

/** Tells the portal regularly how the proxy is and which clusters it has. */
export class Heartbeat {
  readonly #loop: DeliveryLoop;

  static create(options: {
    portal: PortalClient;
    describe: () => AgentHeartbeat;
    /** Hears the answer, and what was told. */
    onAnswer?: (answer: HeartbeatAnswer, told: AgentHeartbeat) => void;
    logger: Logger;
  }): Heartbeat {
    return new Heartbeat(options);
  }

  private constructor(options: {
    portal: PortalClient;
    describe: () => AgentHeartbeat;
    /** Hears the answer, and what was told. */
    onAnswer?: (answer: HeartbeatAnswer, told: AgentHeartbeat) => void;
    logger: Logger;
  }) {
    this.#loop = DeliveryLoop.create({
      name: 'heartbeat',
      idleMs: INTERVAL_MS,
      logger: options.logger,
      step: async signal => {
        const told = options.describe();
        const answer = await options.portal.call(
          'POST',
          '/v1/agent/heartbeat',
          {
            body: JSON.stringify(told),
            headers: { 'content-type': 'application/json' },
            signal,
          },
        );
        options.onAnswer?.(
          heartbeatAnswerSchema.parse(JSON.parse(answer.body.toString('utf8'))),
          told,
        );
        return 'idle';
      },
    });
  }

  start(): void {
    this.#loop.start();
  }

  /** There is something new to tell. */
  wake(): void {
    this.#loop.wake();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }
}
