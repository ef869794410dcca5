import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { EVENT_SCHEMA_VERSION } from 'backstage-plugin-kubernetes-audit-common';
import { SpoolError } from '../spool';
import type { AuditRecord, RecordSink } from './AuditLog';

/** Of the losses of one cluster a line is logged so often at the most, in milliseconds. */
const LOG_EVERY_MS = 10_000;

type Loss = {
  calls: number;
  clusterEndpoint: string | undefined;
  /** Milliseconds since 1970. */
  from: number;
  to: number;
  reason: string;
};

type BestEffortSinkOptions = {
  sink: RecordSink;
  logger: Logger;
  /** Milliseconds since 1970. */
  now?: () => number;
};

/**
 * Where records of clusters go whose audit is `best-effort`: what cannot be
 * kept stops no call. It is counted by calls, logged, and told in one event
 * for each cluster when the spool can be written again. The count is lost
 * with the process.
 */
export class BestEffortSink implements RecordSink {
  readonly #sink: RecordSink;
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #totals = new Map<string, number>();
  readonly #loggedAt = new Map<string, number>();
  /** What no event has told yet, by cluster. */
  #losses = new Map<string, Loss>();

  static create(options: BestEffortSinkOptions): BestEffortSink {
    return new BestEffortSink(options);
  }

  private constructor(options: BestEffortSinkOptions) {
    this.#sink = options.sink;
    this.#logger = options.logger;
    this.#now = options.now ?? Date.now;
  }

  /** How many calls were not recorded since the start, by cluster. */
  get totals(): ReadonlyMap<string, number> {
    return this.#totals;
  }

  /** Attempts are not waited for until they are on the disk. */
  async append(record: AuditRecord): Promise<void> {
    try {
      await this.#sink.append(record, 'written');
    } catch (error) {
      if (!(error instanceof SpoolError)) {
        throw error;
      }
      // Of an attempt the outcome will tell all, or be lost itself.
      if (record.phase !== 'attempt') {
        this.#lose(record, error.message);
      }
    }
  }

  /** Says in events what was not recorded, if the spool can be written again. */
  async report(): Promise<void> {
    const losses = this.#losses;
    this.#losses = new Map();
    for (const [clusterName, loss] of losses) {
      const { calls, from, to, reason } = loss;
      const period = [from, to].map(time => new Date(time).toISOString());
      try {
        await this.#sink.append(
          {
            schemaVersion: EVENT_SCHEMA_VERSION,
            id: uuidv7(),
            executedAt: new Date(this.#now()).toISOString(),
            result: 'failure',
            message: `${calls} ${
              calls === 1
                ? 'call of this cluster was'
                : 'calls of this cluster were'
            } not recorded between ${period.join(' and ')}: ${reason}`,
            userName: '',
            clientIp: '',
            clusterName,
            clusterEndpoint: loss.clusterEndpoint,
            verb: '',
            resource: '',
            requestUri: '',
            connectedFrom: 'Proxy',
          },
          'synced',
        );
      } catch {
        this.#add(clusterName, loss);
      }
    }
  }

  #lose(record: AuditRecord, reason: string): void {
    const { clusterName, clusterEndpoint } = record;
    const now = this.#now();
    this.#totals.set(clusterName, (this.#totals.get(clusterName) ?? 0) + 1);
    this.#add(clusterName, {
      calls: 1,
      clusterEndpoint,
      from: now,
      to: now,
      reason,
    });
    const loggedAt = this.#loggedAt.get(clusterName) ?? -Infinity;
    if (Math.abs(now - loggedAt) >= LOG_EVERY_MS) {
      this.#loggedAt.set(clusterName, now);
      this.#logger.error(
        { clusterName, reason, unrecorded: this.#totals.get(clusterName) },
        'calls pass unrecorded',
      );
    }
  }

  #add(clusterName: string, loss: Loss): void {
    const known = this.#losses.get(clusterName);
    this.#losses.set(
      clusterName,
      known
        ? {
            ...loss,
            calls: known.calls + loss.calls,
            from: Math.min(known.from, loss.from),
            to: Math.max(known.to, loss.to),
          }
        : loss,
    );
  }
}
