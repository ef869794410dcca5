import { TestDatabases } from '@backstage/backend-test-utils';
import {
  evaluateFilterPredicate,
  FilterPredicate,
} from '@backstage/filter-predicates';
import * as fc from 'fast-check';
import {
  filterResourceOf,
  SpoolRecord,
} from 'backstage-plugin-kubernetes-audit-common';
import { migratedDatabase } from '../../__testUtils__/migratedDatabase';
import { spoolRecord } from '../../__testUtils__/spoolRecord';
import { openEventStore } from '../openEventStore';

jest.setTimeout(180_000);

const START = Date.UTC(2026, 8, 1);
const HOUR_MS = 3600_000;
const EVENTS = 400;

/** So small that a few hundreds of events take every way that a search can take. */
const BUDGETS = [
  {
    orderedRows: 5,
    mostOrderedRows: 9,
    candidates: 3,
    countedCandidates: 4,
    refinedRows: 4,
    trivialRows: 0,
  },
  {
    orderedRows: 40,
    mostOrderedRows: 100,
    candidates: 20,
    countedCandidates: 50,
    refinedRows: 1000,
    trivialRows: 10,
  },
];

const pick = <T>(values: readonly T[]) => fc.constantFrom(...values);
const USERS = ['guest', 'Jürgen', 'jane', 'ci-bot', 'ex-employee'];
const VERBS = ['get', 'list', 'create', 'delete'];
const CLUSTERS = ['prod', 'Dev', 'retired'];
const GROUPS = ['developers', 'viewers', 'Admins'];
const REFS = ['user:default/guest', 'user:default/Jane'];

/** Time moves on in leaps, and some values end with a part of it. */
const recordArbitrary = fc.record({
  hours: fc.integer({ min: 0, max: 24 * 120 }),
  milliseconds: fc.integer({ min: 0, max: HOUR_MS - 1 }),
  userName: pick(USERS),
  userEntityRef: fc.option(pick(REFS), { nil: undefined }),
  userEmail: fc.option(pick(['A@example.com', 'b@example.com']), {
    nil: undefined,
  }),
  verb: pick(VERBS),
  clusterName: pick(CLUSTERS),
  resource: pick(['pods', 'secrets', 'widgets']),
  namespace: fc.option(pick(['default', 'kube-system']), { nil: undefined }),
  role: fc.option(pick(['admin', 'dev']), { nil: undefined }),
  result: pick(['success', 'failure'] as const),
  kubernetesGroups: fc.option(fc.uniqueArray(pick(GROUPS)), {
    nil: undefined,
  }),
  statusCode: pick([200, 403, 404]),
  resourceName: pick(['a', 'b', 'c']),
});

const leafArbitrary: fc.Arbitrary<FilterPredicate> = fc.oneof(
  pick(USERS).map(userName => ({ userName })),
  fc.uniqueArray(pick(USERS)).map($in => ({ userName: { $in } })),
  pick(['j', 'ex', '']).map($hasPrefix => ({ userName: { $hasPrefix } })),
  pick([...REFS, 'user:default/nobody']).map(userEntityRef => ({
    userEntityRef,
  })),
  fc.boolean().map($exists => ({ userEntityRef: { $exists } })),
  pick(['a@EXAMPLE.com', 'c']).map(userEmail => ({ userEmail })),
  pick(VERBS).map(verb => ({ verb })),
  pick(CLUSTERS).map(clusterName => ({ clusterName })),
  pick(['pods', 'secrets', 'others']).map(resource => ({ resource })),
  pick(['default', 'nope']).map(namespace => ({ namespace })),
  fc.boolean().map($exists => ({ namespace: { $exists } })),
  fc.boolean().map($exists => ({ kubernetesGroups: { $exists } })),
  pick(GROUPS).map($contains => ({ kubernetesGroups: { $contains } })),
  pick(['success', 'failure']).map(result => ({ result })),
  pick([200, 403]).map(statusCode => ({ statusCode })),
  pick(['a', 'z']).map(resourceName => ({ resourceName })),
);

const { filter: filterArbitrary } = fc.letrec<{ filter: FilterPredicate }>(
  tie => ({
    filter: fc.oneof(
      { maxDepth: 3 },
      leafArbitrary,
      fc.array(tie('filter'), { maxLength: 3 }).map($all => ({ $all })),
      fc.array(tie('filter'), { maxLength: 3 }).map($any => ({ $any })),
      tie('filter').map($not => ({ $not })),
    ),
  }),
);

const queryArbitrary = fc.record({
  filter: filterArbitrary,
  span: fc.option(
    fc.tuple(
      fc.integer({ min: 0, max: 120 * 24 }),
      fc.integer({ min: 0, max: 60 * 24 }),
    ),
    { nil: undefined },
  ),
  search: fc.option(pick(['JÜ', 'prod', 'e']), { nil: undefined }),
  order: pick(['asc', 'desc'] as const),
  limit: pick([3, 20, 200]),
  budgets: pick([...BUDGETS, undefined]),
});

const matches = (record: SpoolRecord, filter: FilterPredicate) =>
  evaluateFilterPredicate(filter, {
    ...record,
    resource: filterResourceOf(record.resource, record.apiGroup ?? ''),
  });

describe('a search led by the roll-up', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  it.each(databases.eachSupportedId())(
    'finds and counts, page by page, what the filter matches in memory, %p',
    async databaseId => {
      const knex = await migratedDatabase(databases, databaseId);
      const { writer } = openEventStore(knex);
      const records = fc
        .sample(recordArbitrary, { numRuns: EVENTS, seed: 1 })
        .map(({ hours, milliseconds, ...event }, i) =>
          spoolRecord(i + 1, {
            ...event,
            // What is of the past is frequent there.
            userName: hours < 300 ? 'ex-employee' : event.userName,
            executedAt: new Date(
              START + hours * HOUR_MS + milliseconds,
            ).toISOString(),
          }),
        );
      await knex.transaction(transaction =>
        writer.write(transaction, 'demo-proxy', records),
      );
      const sorted = [...records].sort((a, b) =>
        a.executedAt + a.id < b.executedAt + b.id ? -1 : 1,
      );

      await fc.assert(
        fc.asyncProperty(queryArbitrary, async query => {
          const { filter, span, search, order, limit, budgets } = query;
          const [from, to] = span
            ? [
                START + span[0] * HOUR_MS + 1234,
                START + (span[0] + span[1]) * HOUR_MS,
              ]
            : [undefined, undefined];
          const { store } = openEventStore(knex, budgets && { budgets });
          const expected = sorted.filter(
            record =>
              matches(record, filter) &&
              (from === undefined || Date.parse(record.executedAt) >= from) &&
              (to === undefined || Date.parse(record.executedAt) < to) &&
              (search === undefined ||
                [record.userName, record.clusterName].some(name =>
                  name.toUpperCase().includes(search.toUpperCase()),
                )),
          );
          if (order === 'desc') {
            expected.reverse();
          }
          const ids: string[] = [];
          let cursor: string | undefined;
          // Two pages there, and one back again.
          for (let pages = 0; pages < 2; pages++) {
            const page = await store.list({
              filter,
              from,
              to,
              search,
              order,
              limit,
              cursor,
            });
            expect(page.totalItems).toBe(expected.length);
            ids.push(...page.items.map(({ id }) => id));
            const back = page.prevCursor
              ? await store.list({
                  filter,
                  from,
                  to,
                  search,
                  limit,
                  cursor: page.prevCursor,
                })
              : undefined;
            const before = back?.items.map(({ id }) => id);
            expect(before ?? ids.slice(0, limit)).toEqual(ids.slice(0, limit));
            cursor = page.nextCursor;
            if (!cursor) {
              break;
            }
          }
          expect(ids).toEqual(expected.slice(0, 2 * limit).map(({ id }) => id));
        }),
        { numRuns: 150 },
      );
    },
  );
});
