import type { Knex } from 'knex';
import { insertSpoolRecords } from './insertSpoolRecords';
import type { SpoolLine } from './parseSpoolBatch';

/**
 * How long the portal waits for the records of a gap before it gives them up,
 * in milliseconds. Until then a batch that was overtaken closes the gap; after
 * it the agent must be able to go on, or its spool fills and its users stand
 * still over records that exist no more.
 */
export const GAP_PATIENCE_MS = 5 * 60_000;
/** Bytes of a dead letter that are kept. */
const MAX_DEAD_LETTER_BYTES = 64 * 1024;
/** Values of one query. */
const VALUES_PER_QUERY = 500;

/** Stands for the checksum of a record that was applied and is no more known. */
export const FORGOTTEN = Symbol('forgotten');

type SpoolRow = {
  id: number;
  agent_id: string;
  epoch: string;
  position: number | string;
  gap_since: number | string | null;
  /** Up to here checksums are forgotten, but for those in gaps. */
  pruned_to: number | string;
};
type SpoolRecordRow = {
  spool_id: number;
  sequence: number | string;
  checksum: string;
};
type DeadLetterRow = {
  spool_id: number;
  sequence: number;
  checksum: string;
  reason: string;
  record: Buffer;
  record_bytes: number;
  received_at: number;
};

/** Records that never came, both ends included. */
export type SpoolGap = { firstSequence: number; lastSequence: number };

/**
 * What has been applied of one spool, an (agent, epoch), within a transaction
 * that holds its row locked: of two batches of a spool one waits.
 *
 * Each record that was applied, be it as event or dead letter, leaves its
 * sequence and checksum: that alone decides what is new, so events are stored
 * once in whatever order they come. The position is the end of the run without
 * gaps and decides only what is acknowledged: a record above a gap is stored,
 * but the agent keeps it and sends it again until the gap has closed.
 */
export class SpoolLedger {
  #position: number;
  #gapSince: number | undefined;
  /** What was applied in this transaction. */
  readonly #applied = new Set<number>();

  static async open(
    transaction: Knex.Transaction,
    spool: { agentId: string; epoch: string; now: number },
  ): Promise<SpoolLedger> {
    const key = { agent_id: spool.agentId, epoch: spool.epoch.toLowerCase() };
    await transaction<SpoolRow>('spools')
      .insert(key)
      .onConflict(['agent_id', 'epoch'])
      .ignore();
    const [row] = await transaction<SpoolRow>('spools').where(key).forUpdate();
    return new SpoolLedger(transaction, spool.now, row);
  }

  private constructor(
    private readonly transaction: Knex.Transaction,
    private readonly now: number,
    private readonly row: SpoolRow,
  ) {
    this.#position = Number(row.position);
    this.#gapSince = row.gap_since === null ? undefined : Number(row.gap_since);
  }

  /** The checksums of those of the sequences that were applied before. */
  async appliedChecksums(
    sequences: readonly number[],
  ): Promise<Map<number, string | typeof FORGOTTEN>> {
    const applied = new Map<number, string | typeof FORGOTTEN>();
    const prunedTo = Number(this.row.pruned_to);
    const old = sequences.filter(sequence => sequence <= prunedTo);
    if (old.length > 0) {
      const gaps: { first_sequence: number; last_sequence: number }[] =
        await this.transaction('spool_gaps')
          .where('spool_id', this.row.id)
          .where('first_sequence', '<=', prunedTo);
      old
        .filter(
          sequence =>
            !gaps.some(
              gap =>
                sequence >= Number(gap.first_sequence) &&
                sequence <= Number(gap.last_sequence),
            ),
        )
        .forEach(sequence => applied.set(sequence, FORGOTTEN));
    }
    const select = () =>
      this.transaction<SpoolRecordRow>('spool_records')
        .where('spool_id', this.row.id)
        .select('sequence', 'checksum');
    const note = (rows: Pick<SpoolRecordRow, 'sequence' | 'checksum'>[]) =>
      rows.forEach(row => applied.set(Number(row.sequence), row.checksum));
    const run = runOf(sequences);
    if (run) {
      note(await select().whereBetween('sequence', run));
      return applied;
    }
    for (let i = 0; i < sequences.length; i += VALUES_PER_QUERY) {
      const some = sequences.slice(i, i + VALUES_PER_QUERY);
      note(await select().whereIn('sequence', some));
    }
    return applied;
  }

  /** Notes records as applied. */
  async markApplied(
    records: readonly { sequence: number; checksum: string }[],
  ): Promise<void> {
    await insertSpoolRecords(this.transaction, this.row.id, records);
    records.forEach(({ sequence }) => this.#applied.add(sequence));
  }

  /** Keeps a line that is no event, once however often it is sent. */
  async bury(line: SpoolLine, reason: string): Promise<void> {
    await this.transaction<DeadLetterRow>('dead_letters')
      .insert({
        spool_id: this.row.id,
        sequence: line.sequence ?? 0,
        checksum: line.checksum,
        reason,
        record: line.bytes.subarray(0, MAX_DEAD_LETTER_BYTES),
        record_bytes: line.bytes.length,
        received_at: this.now,
      })
      .onConflict(['spool_id', 'sequence', 'checksum'])
      .ignore();
  }

  /**
   * Moves the position over what is applied now, and over a gap that has
   * stayed open too long.
   *
   * @returns the position, and the gap that was given up
   */
  async advance(): Promise<{ position: number; gap?: SpoolGap }> {
    while (this.#applied.has(this.#position + 1)) {
      this.#position++;
    }
    const next = await this.#followRun();
    let gap: SpoolGap | undefined;
    if (next === undefined) {
      this.#gapSince = undefined;
    } else if (this.#gapSince === undefined) {
      this.#gapSince = this.now;
    } else if (this.now - this.#gapSince >= GAP_PATIENCE_MS) {
      gap = { firstSequence: this.#position + 1, lastSequence: next - 1 };
      await this.transaction('spool_gaps').insert({
        spool_id: this.row.id,
        first_sequence: gap.firstSequence,
        last_sequence: gap.lastSequence,
        noticed_at: this.#gapSince,
      });
      this.#position = next;
      this.#gapSince =
        (await this.#followRun()) === undefined ? undefined : this.now;
    }
    await this.transaction<SpoolRow>('spools')
      .where('id', this.row.id)
      .update({ position: this.#position, gap_since: this.#gapSince ?? null });
    return { position: this.#position, gap };
  }

  /**
   * Moves the position to the end of the run of applied records behind it.
   *
   * @returns the record above the gap that comes then, if there is one
   */
  async #followRun(): Promise<number | undefined> {
    for (;;) {
      const rows = await this.#above(VALUES_PER_QUERY);
      for (const row of rows) {
        if (Number(row.sequence) !== this.#position + 1) {
          return Number(row.sequence);
        }
        this.#position++;
      }
      if (rows.length < VALUES_PER_QUERY) {
        return undefined;
      }
    }
  }

  async #above(limit: number): Promise<Pick<SpoolRecordRow, 'sequence'>[]> {
    return this.transaction<SpoolRecordRow>('spool_records')
      .where('spool_id', this.row.id)
      .where('sequence', '>', this.#position)
      .orderBy('sequence')
      .limit(limit)
      .select('sequence');
  }
}

/** First and last of numbers that follow one another, as those of a batch mostly do. */
function runOf(numbers: readonly number[]): [number, number] | undefined {
  const isRun = numbers.every((n, i) => i === 0 || n === numbers[i - 1] + 1);
  return isRun && numbers.length > 0
    ? [numbers[0], numbers[numbers.length - 1]]
    : undefined;
}
