import type { Knex } from 'knex';
import { MAX_EXACT_TOTAL } from '../../database';
import type { BucketReader } from '../rollup';
import type { EventKey, EventTables } from '../EventTables';
import type { EventCondition } from './EventCondition';
import { EventWalk, Span, WalkBudgets, WalkStep } from './EventWalk';

/** Finds and counts events, led by the roll-up, for one request. */
export class EventSearch {
  static create(options: {
    knex: Knex;
    tables: EventTables;
    rollUp: BucketReader;
    budgets?: WalkBudgets;
  }): EventSearch {
    return new EventSearch(
      options.knex,
      options.tables,
      EventWalk.create(options),
    );
  }

  private constructor(
    private readonly knex: Knex,
    private readonly tables: EventTables,
    private readonly walk: EventWalk,
  ) {}

  /** The first events of the condition in the order of time, `limit` at the most. */
  async find(
    condition: EventCondition,
    span: Span,
    options: {
      ascending: boolean;
      /** Only what comes behind it. */
      after?: { time: number; id: string };
      limit: number;
    },
  ): Promise<EventKey[]> {
    const { ascending, after, limit } = options;
    const found: EventKey[] = [];
    const rest = after ? behind(span, after.time, ascending) : span;
    const steps = this.walk.steps(condition, rest, {
      ascending,
      wanted: limit,
      exact: false,
    });
    await follow(steps, async step => {
      const rows: { executed_at: number | string; id: string }[] =
        await this.tables.scan(this.knex, {
          ...step,
          condition,
          ascending,
          after,
          limit: limit - found.length,
        });
      found.push(
        ...rows.map(({ executed_at, id }) => ({
          executedAt: Number(executed_at),
          id,
        })),
      );
      return { found: rows.length, done: found.length >= limit };
    });
    return found;
  }

  /** How many events the condition has, up to {@link MAX_EXACT_TOTAL}. */
  async count(
    condition: EventCondition,
    span: Span,
  ): Promise<{ totalItems: number; totalIsLowerBound?: true }> {
    const limit = MAX_EXACT_TOTAL + 1;
    let total = 0;
    const steps = this.walk.steps(condition, span, {
      ascending: false,
      wanted: limit,
      exact: true,
    });
    await follow(steps, async step => {
      const found = step.exact
        ? step.exact.n
        : await this.#countRows(condition, step, limit - total);
      total += found;
      return { found, done: total >= limit };
    });
    return total > MAX_EXACT_TOTAL
      ? { totalItems: MAX_EXACT_TOTAL, totalIsLowerBound: true }
      : { totalItems: total };
  }

  async #countRows(
    condition: EventCondition,
    step: WalkStep,
    limit: number,
  ): Promise<number> {
    const rows = this.tables.scan(this.knex, {
      ...step,
      condition,
      ascending: false,
      isCount: true,
      limit,
    });
    const [{ n }] = await this.knex
      .from(rows.as('matching'))
      .count<{ n: number | string }[]>({ n: '*' });
    return Number(n);
  }
}

/** Takes steps until there is enough. */
async function follow(
  steps: AsyncGenerator<WalkStep, void, number>,
  take: (step: WalkStep) => Promise<{ found: number; done: boolean }>,
): Promise<void> {
  let next = await steps.next(0);
  while (!next.done) {
    const { found, done } = await take(next.value);
    if (done) {
      await steps.return();
      return;
    }
    next = await steps.next(found);
  }
}

function behind(span: Span, time: number, ascending: boolean): Span {
  return ascending
    ? { from: Math.max(span.from, time), to: span.to }
    : { from: span.from, to: Math.min(span.to, time + 1) };
}
