import type { Knex } from 'knex';

/** How long the checksums of acknowledged records are kept, in milliseconds. */
const KEEP_MS = 3 * 24 * 3600_000;
/** Sequences of one transaction: no batch waits longer for it than for another batch. */
const SEQUENCES_AT_ONCE = 1000;

/**
 * Forgets the checksums of records that were acknowledged days ago; the ledger
 * would grow as the events do otherwise. What that costs: of such a record a
 * rewrite can no longer be told from a replay, and both change nothing. All
 * above the acknowledged position, and what fills a gap that was given up, is
 * kept exactly.
 */
export class SpoolPruning {
  static create(options: {
    knex: Knex;
    /** Milliseconds since 1970. */
    now: () => number;
  }): SpoolPruning {
    return new SpoolPruning(options.knex, options.now);
  }

  private constructor(
    private readonly knex: Knex,
    private readonly now: () => number,
  ) {}

  async prune(signal?: AbortSignal): Promise<void> {
    for (const spool of await this.knex('spools').select('id', 'position')) {
      const target = await this.#checkpoint(spool.id, Number(spool.position));
      while (!signal?.aborted && (await this.#pruneSome(spool.id, target)));
    }
  }

  /**
   * Notes how far the spool has come, for later.
   *
   * @returns how far it had come when the checksums were noted that may go
   */
  async #checkpoint(spoolId: number, position: number): Promise<number> {
    const checkpoints = () =>
      this.knex('spool_checkpoints').where('spool_id', spoolId);
    await this.knex('spool_checkpoints')
      .insert({ spool_id: spoolId, noted_at: this.now(), position })
      .onConflict(['spool_id', 'noted_at'])
      .ignore();
    const last = await checkpoints()
      .where('noted_at', '<=', this.now() - KEEP_MS)
      .orderBy('noted_at', 'desc')
      .first();
    if (!last) {
      return 0;
    }
    await checkpoints().where('noted_at', '<', last.noted_at).delete();
    return Number(last.position);
  }

  async #pruneSome(spoolId: number, target: number): Promise<boolean> {
    return this.knex.transaction(async transaction => {
      const spool = await transaction('spools')
        .where('id', spoolId)
        .forUpdate()
        .first();
      const from = Number(spool?.pruned_to ?? target);
      if (from >= target) {
        return false;
      }
      const to = Math.min(target, from + SEQUENCES_AT_ONCE);
      await transaction('spool_records')
        .where('spool_id', spoolId)
        .where('sequence', '>', from)
        .where('sequence', '<=', to)
        .whereNotExists(
          transaction('spool_gaps')
            .where('spool_gaps.spool_id', spoolId)
            .whereRaw(
              'spool_records.sequence between first_sequence and last_sequence',
            )
            .select(transaction.raw('1')),
        )
        .delete();
      await transaction('spools')
        .where('id', spoolId)
        .update({ pruned_to: to });
      return true;
    });
  }
}
