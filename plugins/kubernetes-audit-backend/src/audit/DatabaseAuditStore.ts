import type { FilterPredicate } from '@backstage/filter-predicates';
import type { Knex } from 'knex';
import type {
  RequestAuditHistogram,
  RequestAuditPage,
  StoredRequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import {
  Filter,
  PagePlan,
  parseFilter,
  planPage,
  POLICY_LIMITS,
} from '../database';
import type { AuditStore, EventQuery, EventSelection } from './AuditStore';
import { EVENT_FIELDS } from './eventFields';
import { toListItem, toStoredEvent } from './eventRow';
import type { EventKey, EventTables } from './EventTables';
import {
  allOf,
  boundsOf,
  EventCondition,
  judgesRows,
} from './query/EventCondition';
import { EventHistogram } from './query/EventHistogram';
import { EventSearch, PAGE_MS } from './query/EventSearch';
import type { Span, WalkBudgets } from './query/EventWalk';
import { ConditionResolver } from './query/resolveCondition';
import { RollUp, RollUpMemory } from './rollup';
import type { TermDictionary, UserIdentities } from './terms';

/** The audit events in a database. */
export class DatabaseAuditStore implements AuditStore {
  static create(options: {
    knex: Knex;
    tables: EventTables;
    terms: TermDictionary;
    users: UserIdentities;
    rollUp: RollUp;
    budgets?: WalkBudgets;
    /** Milliseconds of a clock that only goes forward. */
    elapsed: () => number;
  }): DatabaseAuditStore {
    const { knex, tables } = options;
    return new DatabaseAuditStore(
      knex,
      tables,
      ConditionResolver.create(options),
      EventHistogram.create(options),
      () =>
        EventSearch.create({
          ...options,
          rollUp: RollUpMemory.create(options.rollUp),
        }),
    );
  }

  private constructor(
    private readonly knex: Knex,
    private readonly tables: EventTables,
    private readonly resolver: ConditionResolver,
    private readonly bars: EventHistogram,
    private readonly startSearch: () => EventSearch,
  ) {}

  async list(query: EventQuery): Promise<RequestAuditPage> {
    const plan = planPage(query);
    const { condition, span } = await this.#resolve(query);
    const search = this.startSearch();
    // Beside each other where that is no waste: most pages are not the whole.
    const isCountedBeside =
      this.tables.servesTwoAtOnce && !judgesRows(condition);
    const [{ found, ...page }, counted] = await Promise.all([
      this.#readPage(search, plan, condition, span),
      isCountedBeside ? search.count(condition, span) : undefined,
    ]);
    const isAll = !plan.after && found < plan.rows;
    const total = isAll
      ? { totalItems: found }
      : counted ?? (await search.count(condition, span));
    return { ...page, ...total };
  }

  async get(
    id: string,
    visible?: FilterPredicate,
  ): Promise<StoredRequestAuditEvent | undefined> {
    const selection = { filter: { id }, visible };
    const { condition, span } = await this.#resolve(selection);
    const options = { ascending: true, limit: 1 };
    const keys = await this.startSearch().find(condition, span, options);
    const [event] = await this.#readEvents(keys);
    return event;
  }

  async histogram(selection: EventSelection): Promise<RequestAuditHistogram> {
    const { condition, span } = await this.#resolve(selection);
    const visible =
      selection.visible === undefined
        ? undefined
        : await this.resolver.resolveFilter(
            parseFilter(selection.visible, EVENT_FIELDS, POLICY_LIMITS),
          );
    return this.bars.read(condition, span, visible);
  }

  async hasSession(sessionId: string): Promise<boolean> {
    const { condition, span } = await this.#resolve({ filter: { sessionId } });
    const options = { ascending: true, limit: 1 };
    return (await this.startSearch().find(condition, span, options)).length > 0;
  }

  async *export(
    selection: EventSelection,
    options: { order: 'asc' | 'desc'; batch: number },
  ): AsyncGenerator<StoredRequestAuditEvent[]> {
    const { condition, span } = await this.#resolve(selection);
    let after: { time: number; id: string } | undefined;
    for (;;) {
      const keys = await this.startSearch().find(condition, span, {
        ascending: options.order === 'asc',
        after,
        limit: options.batch,
      });
      yield await this.#readEvents(keys);
      const last = keys.at(-1);
      if (!last || keys.length < options.batch) {
        return;
      }
      after = { time: last.executedAt, id: last.id };
    }
  }

  async #readPage(
    search: EventSearch,
    plan: PagePlan,
    condition: EventCondition,
    span: Span,
  ) {
    const found = await search.find(condition, span, {
      ascending: plan.ascending,
      after: plan.after,
      limit: plan.rows,
      withinMs: PAGE_MS,
    });
    const { rows: keys, ...cursors } = plan.finish(
      found,
      ({ executedAt, id }) => ({ time: executedAt, id }),
    );
    const items = await this.#readItems(keys);
    return { found: found.length, items: items.map(toListItem), ...cursors };
  }

  async #readEvents(keys: EventKey[]): Promise<StoredRequestAuditEvent[]> {
    const items = await this.#readItems(keys);
    const bodies =
      keys.length > 0
        ? await this.tables.readBodies(this.knex, keys)
        : new Map<string, string>();
    return items.map(item => {
      const event = toListItem(item);
      return toStoredEvent(item, bodies.get(event.id.toLowerCase()));
    });
  }

  async #readItems(keys: EventKey[]) {
    return keys.length > 0 ? this.tables.readItems(this.knex, keys) : [];
  }

  async #resolve(
    selection: EventSelection,
  ): Promise<{ condition: EventCondition; span: Span }> {
    const { search, from = -Infinity, to = Infinity } = selection;
    const parts = [await this.resolver.resolveSearch(search)];
    for (const filter of parseSelection(selection)) {
      parts.push(await this.resolver.resolveFilter(filter));
    }
    const condition = allOf(parts);
    const bounds = boundsOf(condition);
    return {
      condition: withoutBounds(condition),
      span: {
        from: Math.max(from, bounds.from),
        to: Math.min(to, bounds.to),
      },
    };
  }
}

/** A policy's filter has bounds of its own, and takes nothing of those of a request. */
function parseSelection({ filter, visible }: EventSelection): Filter[] {
  return [
    ...(filter === undefined ? [] : [parseFilter(filter, EVENT_FIELDS)]),
    ...(visible === undefined
      ? []
      : [parseFilter(visible, EVENT_FIELDS, POLICY_LIMITS)]),
  ];
}

/** What is left of a condition when its span of time is seen to. */
function withoutBounds(condition: EventCondition): EventCondition {
  switch (condition.type) {
    case 'time':
      return { type: 'constant', value: true };
    case 'all':
      return allOf(condition.conditions.filter(({ type }) => type !== 'time'));
    default:
      return condition;
  }
}
