import { InputError } from '@backstage/errors';
import type { Knex } from 'knex';
import {
  DeadLetter,
  DeadLetterPage,
  MAX_DEAD_LETTER_TEXT,
} from 'backstage-plugin-kubernetes-audit-common';

/** A count goes no further. */
const MAX_COUNT = 1000;

type DeadLetterRow = {
  id: number | string;
  agent_id: string;
  epoch: string;
  sequence: number | string;
  reason: string;
  received_at: number | string;
  record: Buffer;
  record_bytes: number | string;
};

/** The records that {@link SpoolLedger} has kept aside. */
export class DeadLetters {
  static create(knex: Knex): DeadLetters {
    return new DeadLetters(knex);
  }

  private constructor(private readonly knex: Knex) {}

  async count(): Promise<{ count: number; isLowerBound?: true }> {
    const some = this.knex('dead_letters')
      .select('id')
      .limit(MAX_COUNT + 1);
    const [{ n }] = await this.knex.from(some.as('some')).count({ n: '*' });
    return Number(n) > MAX_COUNT
      ? { count: MAX_COUNT, isLowerBound: true }
      : { count: Number(n) };
  }

  /** @param time - when they were received, in milliseconds since 1970 */
  async countBefore(time: number): Promise<number> {
    const [{ n }] = await this.#before(time).count({ n: '*' });
    return Number(n);
  }

  /** @param time - when they were received, in milliseconds since 1970 */
  async removeBefore(time: number): Promise<void> {
    await this.#before(time).delete();
  }

  /**
   * All of them, the oldest first.
   *
   * @param size - how many there are in a batch at the most
   */
  async *readAll(
    size: number,
  ): AsyncGenerator<{ id: string; record: string }[]> {
    let last: number | string = 0;
    for (;;) {
      const rows: Pick<DeadLetterRow, 'id' | 'record'>[] = await this.knex(
        'dead_letters',
      )
        .where('id', '>', last)
        .orderBy('id')
        .limit(size)
        .select('id', 'record');
      if (rows.length === 0) {
        return;
      }
      yield rows.map(({ id, record }) => ({
        id: String(id),
        record: Buffer.from(record).toString('utf8'),
      }));
      last = rows[rows.length - 1].id;
    }
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.knex('dead_letters').whereIn('id', ids).delete();
  }

  /**
   * @throws InputError when the cursor is not ours
   */
  async list(page: {
    limit: number;
    cursor?: string;
  }): Promise<DeadLetterPage> {
    const { limit, cursor } = page;
    const rows: DeadLetterRow[] = await this.knex('dead_letters')
      .join('spools', 'spools.id', 'dead_letters.spool_id')
      .modify(query => {
        if (cursor !== undefined) {
          query.where('dead_letters.id', '<', decodeCursor(cursor));
        }
      })
      .orderBy('dead_letters.id', 'desc')
      .limit(limit + 1)
      .select('dead_letters.id', 'agent_id', 'epoch', 'sequence', 'reason')
      .select('received_at', 'record_bytes', {
        record: this.knex.raw('substr(record, 1, ?)', [MAX_DEAD_LETTER_TEXT]),
      });
    const items = rows.slice(0, limit).map(toDeadLetter);
    return {
      items,
      ...(rows.length > limit && {
        nextCursor: encodeCursor(items[limit - 1].id),
      }),
    };
  }

  #before(time: number) {
    return this.knex('dead_letters').where('received_at', '<', time);
  }
}

function toDeadLetter(row: DeadLetterRow): DeadLetter {
  const sequence = Number(row.sequence);
  return {
    id: String(row.id),
    agentId: row.agent_id,
    epoch: row.epoch,
    ...(sequence > 0 && { sequence }),
    reason: row.reason,
    receivedAt: new Date(Number(row.received_at)).toISOString(),
    record: Buffer.from(row.record).toString('utf8'),
    recordBytes: Number(row.record_bytes),
  };
}

function encodeCursor(id: string): string {
  return Buffer.from(id).toString('base64url');
}

function decodeCursor(cursor: string): number {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!/^\d{1,15}$/.test(text)) {
    throw new InputError('cursor: not one that this API has given');
  }
  return Number(text);
}
