import {
  isDatabaseConflictError,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import type { Knex } from 'knex';
import type {
  SpoolRecord,
  StoredRequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import type { Agent } from '../agents';
import type { AuditWriter } from '../audit';
import { DescribeSpan, withSpan } from '../tracing';
import type { EventPublisher } from './EventPublisher';
import { parseSpoolBatch, SpoolLine } from './parseSpoolBatch';
import { FORGOTTEN, SpoolGap, SpoolLedger } from './SpoolLedger';

/** How often a batch is tried that another one has overtaken. */
const MAX_ATTEMPTS = 3;

/**
 * Records of clusters that the agent is not bound to. It is told which, so
 * that it can keep them aside and go on with the others.
 */
class ForeignRecordsError extends NotAllowedError {
  readonly name = 'NotAllowedError';
  readonly sequences: number[];

  constructor(agent: Agent, lines: readonly SpoolLine[]) {
    const clusters = new Set(
      lines.flatMap(({ content }) =>
        'record' in content ? [JSON.stringify(content.record.clusterName)] : [],
      ),
    );
    super(
      `Agent ${agent.id} is not bound to the cluster ${[...clusters].join(
        ', ',
      )}`,
    );
    this.sequences = lines.flatMap(({ sequence }) => sequence ?? []);
  }
}

type Applied = {
  acknowledgedSequence: number;
  stored: StoredRequestAuditEvent[];
  buried: { line: SpoolLine; reason: string }[];
  gap?: SpoolGap;
};

/** Takes batches of spool records: at least once in, exactly once stored. */
export class EventIngest {
  readonly #knex: Knex;
  readonly #writer: Pick<AuditWriter, 'write'>;
  readonly #publisher: EventPublisher;
  readonly #logger: LoggerService;
  readonly #now: () => number;

  static create(options: {
    knex: Knex;
    writer: Pick<AuditWriter, 'write'>;
    publisher: EventPublisher;
    logger: LoggerService;
    /** Milliseconds since 1970. */
    now: () => number;
  }): EventIngest {
    return new EventIngest(options);
  }

  private constructor(options: {
    knex: Knex;
    writer: Pick<AuditWriter, 'write'>;
    publisher: EventPublisher;
    logger: LoggerService;
    now: () => number;
  }) {
    this.#knex = options.knex;
    this.#writer = options.writer;
    this.#publisher = options.publisher;
    this.#logger = options.logger;
    this.#now = options.now;
  }

  /**
   * Applies a batch in one transaction. What was applied before is skipped;
   * what is no event becomes a dead letter and does not hold up the rest.
   *
   * @param batch - `body` is NDJSON, without compression
   * @returns up to where the agent may forget its records
   * @throws NotAllowedError, with nothing stored, when a record is of a cluster that the agent is not bound to
   */
  async ingest(batch: {
    agent: Agent;
    /** A UUID. */
    epoch: string;
    body: Buffer;
  }): Promise<{ acknowledgedSequence: number }> {
    return withSpan(
      'events.ingest',
      { 'agent.id': batch.agent.id, 'batch.bytes': batch.body.length },
      describe => this.#ingest(batch, describe),
    );
  }

  async #ingest(
    batch: { agent: Agent; epoch: string; body: Buffer },
    describe: DescribeSpan<'events.ingest'>,
  ): Promise<{ acknowledgedSequence: number }> {
    const { agent, epoch } = batch;
    const lines = parseSpoolBatch(batch.body);
    describe({ 'batch.records': lines.length });
    const foreign = lines.filter(
      ({ content }) =>
        'record' in content && !agent.mayServe(content.record.clusterName),
    );
    if (foreign.length > 0) {
      describe({ 'batch.refused': foreign.length });
      throw new ForeignRecordsError(agent, foreign);
    }
    const applied = await this.#apply(agent, epoch, lines);
    describe({
      'batch.stored': applied.stored.length,
      'batch.refused': applied.buried.length,
    });
    for (const { line, reason } of applied.buried) {
      this.#logger.error('An audit record became a dead letter', {
        agentId: agent.id,
        epoch,
        sequence: line.sequence ?? 'unknown',
        checksum: line.checksum,
        reason,
      });
    }
    if (applied.gap) {
      this.#logger.error('Audit records are missing for good', {
        agentId: agent.id,
        epoch,
        ...applied.gap,
      });
    }
    this.#publisher.publish(applied.stored);
    return { acknowledgedSequence: applied.acknowledgedSequence };
  }

  async #apply(
    agent: Agent,
    epoch: string,
    lines: SpoolLine[],
  ): Promise<Applied> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#knex.transaction(transaction =>
          this.#applyInTransaction(transaction, agent, epoch, lines),
        );
      } catch (error) {
        // What another batch has brought meanwhile is there to be seen now.
        if (attempt === MAX_ATTEMPTS || !isDatabaseConflictError(error)) {
          throw error;
        }
      }
    }
  }

  async #applyInTransaction(
    transaction: Knex.Transaction,
    agent: Agent,
    epoch: string,
    lines: SpoolLine[],
  ): Promise<Applied> {
    const ledger = await SpoolLedger.open(transaction, {
      agentId: agent.id,
      epoch,
      now: this.#now(),
    });
    const checksums = await ledger.appliedChecksums(
      lines.flatMap(({ sequence }) => sequence ?? []),
    );
    const fresh = new Map<number, SpoolLine>();
    const records: SpoolRecord[] = [];
    const buried: Applied['buried'] = [];
    for (const line of lines) {
      const { sequence, checksum, content } = line;
      const before =
        sequence === undefined ? undefined : checksums.get(sequence);
      if (before === checksum || before === FORGOTTEN) {
        continue;
      }
      if (before !== undefined) {
        buried.push({
          line,
          reason: 'the sequence was applied with another checksum',
        });
        continue;
      }
      if (sequence !== undefined) {
        checksums.set(sequence, checksum);
        fresh.set(sequence, line);
      }
      if ('record' in content) {
        records.push(content.record);
      } else {
        buried.push({ line, reason: content.problem });
      }
    }
    records.sort((a, b) => a.sequence - b.sequence);

    const { stored, refused } = await this.#writer.write(
      transaction,
      agent.id,
      records,
    );
    for (const { record, reason } of refused) {
      const line = fresh.get(record.sequence);
      if (line) {
        buried.push({ line, reason });
      }
    }
    for (const { line, reason } of buried) {
      await ledger.bury(line, reason);
    }
    await ledger.markApplied(
      [...fresh].map(([sequence, { checksum }]) => ({ sequence, checksum })),
    );
    const { position, gap } = await ledger.advance();
    return { acknowledgedSequence: position, stored, buried, gap };
  }
}
