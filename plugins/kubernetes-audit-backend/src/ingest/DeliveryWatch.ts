import type {
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import {
  AgentStatus,
  ClockSkew,
  deadLetterReadPermission,
  DeadLetterPage,
  DeliveryReport,
  requestAuditReadPermission,
  requestAuditViewPermission,
} from 'backstage-plugin-kubernetes-audit-common';
import type { HeartbeatStore } from '../agents';
import type { Authorizer } from '../authorization';
import type { DeadLetters } from './DeadLetters';
import type { NoticedSpan, SpoolGaps } from './SpoolGaps';

/** Gaps of one answer: more would hide the events that they stand among. */
const MAX_GAPS = 100;
/** Below it clocks agree: a heartbeat takes its time, and so does a queue, in milliseconds. */
const MIN_SKEW_MS = 5_000;
/** The clock of an agent that is silent for so long is of no interest, in milliseconds. */
const SILENT_MS = 3600_000;

type UserCredentials = BackstageCredentials<BackstageUserPrincipal>;

/** Tells users what of the agents' records is not among the events. */
export class DeliveryWatch {
  readonly #gaps: SpoolGaps;
  readonly #deadLetters: DeadLetters;
  readonly #heartbeats: HeartbeatStore;
  readonly #authorizer: Authorizer;
  readonly #now: () => number;

  static create(options: {
    gaps: SpoolGaps;
    deadLetters: DeadLetters;
    heartbeats: HeartbeatStore;
    authorizer: Authorizer;
    /** Milliseconds since 1970. */
    now: () => number;
  }): DeliveryWatch {
    return new DeliveryWatch(options);
  }

  private constructor(options: {
    gaps: SpoolGaps;
    deadLetters: DeadLetters;
    heartbeats: HeartbeatStore;
    authorizer: Authorizer;
    now: () => number;
  }) {
    this.#gaps = options.gaps;
    this.#deadLetters = options.deadLetters;
    this.#heartbeats = options.heartbeats;
    this.#authorizer = options.authorizer;
    this.#now = options.now;
  }

  /**
   * For whoever may see the events. Which events the missing ones would be
   * among nobody knows, so no filter applies but the time. Who may see some of
   * the events only is told that there are gaps, not how many calls of others
   * are in them, nor of the agents.
   *
   * @throws NotAllowedError
   */
  async report(
    credentials: UserCredentials,
    span: NoticedSpan,
  ): Promise<DeliveryReport> {
    await this.#authorizer.require(credentials, requestAuditReadPermission);
    const [visible, seesDeadLetters] = await Promise.all([
      this.#authorizer.visible(credentials, requestAuditViewPermission),
      this.#authorizer.isAllowed(credentials, deadLetterReadPermission),
    ]);
    const [delivery, deadLetters] = await Promise.all([
      visible === undefined
        ? this.#reportAll(span)
        : this.#reportThatThereAreGaps(span),
      seesDeadLetters ? this.#deadLetters.count() : undefined,
    ]);
    return { ...delivery, ...(deadLetters && { deadLetters }) };
  }

  /**
   * @throws NotAllowedError; InputError when the cursor is not ours
   */
  async deadLetters(
    credentials: UserCredentials,
    page: { limit: number; cursor?: string },
  ): Promise<DeadLetterPage> {
    await this.#authorizer.require(credentials, deadLetterReadPermission);
    return this.#deadLetters.list(page);
  }

  async #reportAll(span: NoticedSpan): Promise<DeliveryReport> {
    const [gaps, agents] = await Promise.all([
      this.#gaps.list(span, MAX_GAPS + 1),
      this.#heartbeats.list(),
    ]);
    return {
      gaps: gaps.slice(0, MAX_GAPS),
      ...(gaps.length > MAX_GAPS && { hasMoreGaps: true }),
      clockSkews: agents.flatMap(agent => this.#skewOf(agent)),
    };
  }

  async #reportThatThereAreGaps(span: NoticedSpan): Promise<DeliveryReport> {
    const gaps = await this.#gaps.list(span, 1);
    return {
      gaps: [],
      ...(gaps.length > 0 && { hasHiddenGaps: true }),
      clockSkews: [],
    };
  }

  #skewOf({ id, clockAheadMs = 0, lastSeenAt }: AgentStatus): ClockSkew[] {
    const isSilent = this.#now() - Date.parse(lastSeenAt) > SILENT_MS;
    return isSilent || Math.abs(clockAheadMs) < MIN_SKEW_MS
      ? []
      : [{ agentId: id, aheadMs: clockAheadMs }];
  }
}
