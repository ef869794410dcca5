import { InputError } from '@backstage/errors';
import type { Knex } from 'knex';
import { MAX_EXACT_TOTAL } from '../../database';
import type { BucketReader } from '../rollup';
import type { EventKey, EventTables } from '../EventTables';
import type { EventCondition } from './EventCondition';
import { EventWalk, Span, WalkBudgets, WalkStep } from './EventWalk';

/** How long a page is looked for, in milliseconds: only what no index finds takes seconds. */
export const PAGE_MS = 10_000;
/** How long a total is counted; what it has come to is told as a lower bound. */
const TOTAL_MS = 1000;

/** Finds and counts events, led by the roll-up, for one request. */
export class EventSearch {
  static create(options: {
    knex: Knex;
    tables: EventTables;
    rollUp: BucketReader;
    budgets?: WalkBudgets;
    /** Milliseconds of a clock that only goes forward. */
    elapsed: () => number;
  }): EventSearch {
    return new EventSearch(
      options.knex,
      options.tables,
      options.elapsed,
      EventWalk.create(options),
    );
  }

  private constructor(
    private readonly knex: Knex,
    private readonly tables: EventTables,
    private readonly elapsed: () => number,
    private readonly walk: EventWalk,
  ) {}

  /**
   * The first events of the condition in the order of time, `limit` at the most.
   *
   * @throws InputError when it takes longer than `withinMs`
   */
  async find(
    condition: EventCondition,
    span: Span,
    options: {
      ascending: boolean;
      /** Only what comes behind it. */
      after?: { time: number; id: string };
      limit: number;
      withinMs?: number;
    },
  ): Promise<EventKey[]> {
    const { ascending, after, limit, withinMs = Infinity } = options;
    const end = this.elapsed() + withinMs;
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
      const done = found.length >= limit;
      if (!done && this.elapsed() > end) {
        throw new InputError(
          `No page was found in ${withinMs} ms: narrow the range, or filter by user, cluster, namespace, role, verb, resource, client IP or group, too`,
        );
      }
      return { found: rows.length, done };
    });
    return found;
  }

  /** How many events the condition has, up to {@link MAX_EXACT_TOTAL} and as far as there is time. */
  async count(
    condition: EventCondition,
    span: Span,
  ): Promise<{ totalItems: number; totalIsLowerBound?: true }> {
    const limit = MAX_EXACT_TOTAL + 1;
    const end = this.elapsed() + TOTAL_MS;
    let total = 0;
    let isCut = false;
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
      isCut = this.elapsed() > end;
      return { found, done: total >= limit || isCut };
    });
    return total > MAX_EXACT_TOTAL || isCut
      ? {
          totalItems: Math.min(total, MAX_EXACT_TOTAL),
          totalIsLowerBound: true,
        }
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
