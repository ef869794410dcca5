import type { Knex } from 'knex';
import type { DeliveryGap } from 'backstage-plugin-kubernetes-audit-common';

/** A gap that is younger is one of batches that overtake each other, in milliseconds. */
const GRACE_MS = 10_000;

/** A span of time, in milliseconds since 1970; open where absent. */
export type NoticedSpan = { from?: number; to?: number };

type GapRow = {
  agent_id: string;
  epoch: string;
  first_sequence: number | string;
  last_sequence: number | string;
  arrived: number | string;
  since: number | string;
};

/** Tells of the gaps that {@link SpoolLedger} has noticed, until they close. */
export class SpoolGaps {
  static create(options: {
    knex: Knex;
    /** Milliseconds since 1970. */
    now: () => number;
  }): SpoolGaps {
    return new SpoolGaps(options.knex, options.now);
  }

  private constructor(
    private readonly knex: Knex,
    private readonly now: () => number,
  ) {}

  /**
   * The gaps that were noticed within a span, the newest first.
   *
   * @param limit - gaps at the most
   */
  async list(span: NoticedSpan, limit: number): Promise<DeliveryGap[]> {
    const rows = await Promise.all([
      this.#waitedFor(span, limit),
      this.#givenUp(span, limit),
    ]);
    return rows
      .flat()
      .map(toGap)
      .sort((a, b) => b.since.localeCompare(a.since))
      .slice(0, limit);
  }

  /** Below records that are applied already. */
  async #waitedFor(span: NoticedSpan, limit: number): Promise<GapRow[]> {
    const before = this.knex
      .from('spools')
      .join('spool_records', 'spool_records.spool_id', 'spools.id')
      .whereRaw('spool_records.sequence > spools.position')
      .where('spools.gap_since', '<=', this.now() - GRACE_MS)
      .modify(within, 'spools.gap_since', span)
      .select('agent_id', 'epoch', 'sequence', { since: 'gap_since' })
      .select(
        this.knex.raw(
          `coalesce(
            lag(sequence) over (partition by spools.id order by sequence),
            position
          ) as previous`,
        ),
      );
    return this.knex
      .from(before.as('applied'))
      .whereRaw('sequence > previous + 1')
      .orderBy('since', 'desc')
      .limit(limit)
      .select('agent_id', 'epoch', 'since', {
        first_sequence: this.knex.raw('previous + 1'),
        last_sequence: this.knex.raw('sequence - 1'),
        arrived: this.knex.raw('0'),
      });
  }

  /** Below the position: what still comes of them is stored all the same. */
  async #givenUp(span: NoticedSpan, limit: number): Promise<GapRow[]> {
    const gaps = this.knex
      .from('spool_gaps')
      .join('spools', 'spools.id', 'spool_gaps.spool_id')
      .modify(within, 'spool_gaps.noticed_at', span)
      .select('agent_id', 'epoch', 'first_sequence', 'last_sequence', {
        since: 'noticed_at',
      })
      .select({
        arrived: this.knex('spool_records')
          .whereRaw('spool_records.spool_id = spool_gaps.spool_id')
          .whereRaw('sequence between first_sequence and last_sequence')
          .count(),
      });
    return this.knex
      .from(gaps.as('gaps'))
      .whereRaw('arrived <= last_sequence - first_sequence')
      .orderBy('since', 'desc')
      .limit(limit);
  }
}

function within(
  query: Knex.QueryBuilder,
  column: string,
  { from, to }: NoticedSpan,
): void {
  if (from !== undefined) {
    query.where(column, '>=', from);
  }
  if (to !== undefined) {
    query.where(column, '<', to);
  }
}

function toGap(row: GapRow): DeliveryGap {
  const firstSequence = Number(row.first_sequence);
  const lastSequence = Number(row.last_sequence);
  return {
    agentId: row.agent_id,
    epoch: row.epoch,
    firstSequence,
    lastSequence,
    missing: lastSequence - firstSequence + 1 - Number(row.arrived),
    since: new Date(Number(row.since)).toISOString(),
  };
}
