import type { Knex } from 'knex';
import {
  columnValues,
  Filter,
  FilterField,
  FilterTest,
  foldText,
} from '../../database';
import { OPTIONAL_TERMS, RESULTS, TERM_COLUMNS } from '../eventFields';
import type { EventTables } from '../EventTables';
import {
  IDENTITY_COLUMNS,
  TermDictionary,
  TermKind,
  UserIdentities,
} from '../terms';
import { allOf, anyOf, EventCondition, not } from './EventCondition';

const ALWAYS: EventCondition = { type: 'constant', value: true };
const NEVER: EventCondition = { type: 'constant', value: false };

/** Puts a filter and a search into the words of the store. */
export class ConditionResolver {
  static create(options: {
    knex: Knex;
    terms: TermDictionary;
    users: UserIdentities;
    tables: EventTables;
  }): ConditionResolver {
    return new ConditionResolver(
      options.knex,
      options.terms,
      options.users,
      options.tables,
    );
  }

  private constructor(
    private readonly knex: Knex,
    private readonly terms: TermDictionary,
    private readonly users: UserIdentities,
    private readonly tables: EventTables,
  ) {}

  async resolveFilter(filter: Filter): Promise<EventCondition> {
    switch (filter.type) {
      case 'all':
        return allOf(await this.#resolveEach(filter.filters));
      case 'any':
        return anyOf(await this.#resolveEach(filter.filters));
      case 'not':
        return not(await this.resolveFilter(filter.filter));
      default:
        return this.#resolveTest(filter.field, filter.test);
    }
  }

  /** The events whose user or cluster has the text in its name, in any case. */
  async resolveSearch(search: string | undefined): Promise<EventCondition> {
    const text = search?.trim();
    if (!text) {
      return ALWAYS;
    }
    const kinds: TermKind[] = ['user', 'cluster'];
    return anyOf(
      await Promise.all(
        kinds.map(async kind =>
          ofTerms(
            kind,
            await this.terms.findContaining(this.knex, kind, foldText(text)),
          ),
        ),
      ),
    );
  }

  async #resolveEach(filters: Filter[]): Promise<EventCondition[]> {
    const conditions = [];
    for (const filter of filters) {
      conditions.push(await this.resolveFilter(filter));
    }
    return conditions;
  }

  async #resolveTest(
    field: FilterField,
    test: FilterTest,
  ): Promise<EventCondition> {
    const aliases = field.kind === 'text' ? field.aliases : undefined;
    if (aliases && test.operator === 'equals') {
      const isAlias = (value: unknown) =>
        typeof value === 'string' && aliases.values.has(foldText(value));
      const column = { kind: 'text', column: aliases.column } as const;
      return anyOf([
        await this.#resolvePlain(column, {
          operator: 'equals',
          values: test.values.filter(isAlias),
        }),
        await this.#resolvePlain(
          { kind: 'text', column: field.column },
          {
            operator: 'equals',
            values: test.values.filter(value => !isAlias(value)),
          },
        ),
      ]);
    }
    return this.#resolvePlain(field, test);
  }

  async #resolvePlain(
    field: FilterField,
    test: FilterTest,
  ): Promise<EventCondition> {
    if (test.operator === 'equals' && test.values.length === 0) {
      return NEVER;
    }
    const kind = TERM_COLUMNS.get(field.column);
    if (kind) {
      return this.#resolveTerm(kind, field, test);
    }
    if (field.column === 'result') {
      return resolveResult(field, test);
    }
    if (field.kind === 'time') {
      return resolveTime(field, test);
    }
    if (field.column === 'id' && test.operator === 'equals') {
      return this.#resolveIds(field, test.values.map(String));
    }
    if (field.column === 'session_id' && test.operator === 'equals') {
      return {
        type: 'session',
        ids: test.values
          .flatMap(value => columnValues(field, value))
          .map(String),
      };
    }
    const identity = IDENTITY_COLUMNS.find(column => column === field.column);
    if (identity && test.operator === 'equals') {
      const values = test.values.flatMap(value => columnValues(field, value));
      const ids = await this.users.find(
        this.knex,
        identity,
        values.map(String),
      );
      // Nearly all of these users' events, but one may have had another before.
      return allOf([
        ofTerms('user', ids),
        { type: 'row', field, test, share: 1 },
      ]);
    }
    return { type: 'row', field, test };
  }

  async #resolveTerm(
    kind: TermKind,
    field: FilterField,
    test: FilterTest,
  ): Promise<EventCondition> {
    switch (test.operator) {
      case 'equals': {
        const values = test.values.flatMap(value => columnValues(field, value));
        return this.#ofValues(kind, values.map(String));
      }
      case 'contains':
        return this.#ofValues(kind, [foldText(test.item)]);
      case 'hasPrefix':
        return ofTerms(
          kind,
          await this.terms.findPrefix(this.knex, kind, foldText(test.prefix)),
        );
      case 'exists': {
        if (!OPTIONAL_TERMS.has(kind)) {
          return test.expected ? ALWAYS : NEVER;
        }
        const absent = await this.#ofValues(kind, [undefined]);
        return test.expected ? not(absent) : absent;
      }
      default:
        return { type: 'row', field, test };
    }
  }

  /** Where an event is by its id is known: then its time finds it. */
  async #resolveIds(
    field: FilterField,
    values: string[],
  ): Promise<EventCondition> {
    const ids = values.flatMap(value => columnValues(field, value)).map(String);
    const keys = ids.length > 0 ? await this.tables.find(this.knex, ids) : [];
    return anyOf(
      keys.map(({ id, executedAt: from }) =>
        allOf([
          { type: 'time', from, to: from + 1 },
          { type: 'row', field, test: { operator: 'equals', values: [id] } },
        ]),
      ),
    );
  }

  async #ofValues(
    kind: TermKind,
    values: (string | undefined)[],
  ): Promise<EventCondition> {
    return ofTerms(kind, await this.terms.find(this.knex, kind, values));
  }
}

function ofTerms(kind: TermKind, ids: number[]): EventCondition {
  return ids.length === 0 ? NEVER : { type: 'terms', kind, ids };
}

function resolveResult(field: FilterField, test: FilterTest): EventCondition {
  const matches = (result: string): boolean => {
    switch (test.operator) {
      case 'equals':
        return test.values.some(value =>
          columnValues(field, value).includes(result),
        );
      case 'hasPrefix':
        return result.startsWith(foldText(test.prefix));
      default:
        return test.operator === 'exists' && test.expected;
    }
  };
  const matching = [...RESULTS].filter(([result]) => matches(result));
  if (matching.length === 1) {
    return { type: 'result', failed: matching[0][1] };
  }
  return matching.length === 0 ? NEVER : ALWAYS;
}

/** Spans of whole milliseconds. */
function resolveTime(field: FilterField, test: FilterTest): EventCondition {
  switch (test.operator) {
    case 'equals':
      return anyOf(
        test.values
          .flatMap(value => columnValues(field, value))
          .map(Number)
          .map(from => ({ type: 'time', from, to: from + 1 })),
      );
    case 'range': {
      let from = -Infinity;
      let to = Infinity;
      for (const { operator, milliseconds } of test.bounds) {
        if (operator === '$gte' || operator === '$gt') {
          const first = operator === '$gt' ? milliseconds + 1 : milliseconds;
          from = Math.max(from, first);
        } else {
          const end = operator === '$lte' ? milliseconds + 1 : milliseconds;
          to = Math.min(to, end);
        }
      }
      return from < to ? { type: 'time', from, to } : NEVER;
    }
    default:
      return test.operator === 'exists' && test.expected ? ALWAYS : NEVER;
  }
}
