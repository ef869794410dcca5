import { TestDatabases } from '@backstage/backend-test-utils';
import type {
  PermissionCondition,
  PermissionCriteria,
} from '@backstage/plugin-permission-common';
import {
  isAndCriteria,
  isNotCriteria,
  isOrCriteria,
} from '@backstage/plugin-permission-node';
import * as fc from 'fast-check';
import {
  REQUEST_AUDIT_EVENT_RESOURCE_TYPE,
  RequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import {
  requestAuditEventConditions,
  requestAuditEventRules,
} from 'backstage-plugin-kubernetes-audit-node';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import { eventId, spoolRecord } from '../__testUtils__/spoolRecord';
import { toFilter } from '../authorization';
import { openEventStore } from './openEventStore';

jest.setTimeout(120_000);

type Criteria = PermissionCriteria<PermissionCondition>;

const EVENTS = 120;
const pick = <T>(values: readonly T[]) => fc.constantFrom(...values);
const REFS = ['user:default/jane', 'user:default/Max', 'user:team/jane'];
const CLUSTERS = ['prod', 'Dev'];
const NAMESPACES = ['default', 'kube-system'];
const GROUPS = ['developers', 'Viewers'];

const eventArbitrary = fc.record({
  userEntityRef: fc.option(pick(REFS), { nil: undefined }),
  userName: pick(['jane', 'max']),
  clusterName: pick(CLUSTERS),
  namespace: fc.option(pick(NAMESPACES), { nil: undefined }),
  kubernetesGroups: fc.option(fc.uniqueArray(pick(GROUPS)), { nil: undefined }),
});

const some = (values: string[]) => fc.uniqueArray(pick([...values, 'none']));
const { isOfUser, isInCluster, isInNamespace, isInGroup } =
  requestAuditEventConditions;

const { criteria: criteriaArbitrary } = fc.letrec<{ criteria: Criteria }>(
  tie => ({
    criteria: fc.oneof(
      { maxDepth: 3 },
      some(REFS).map(refs => isOfUser({ userEntityRefs: refs })),
      some(CLUSTERS).map(clusters => isInCluster({ clusters })),
      some(NAMESPACES).map(namespaces => isInNamespace({ namespaces })),
      some(GROUPS).map(groups => isInGroup({ groups })),
      fc
        .tuple(tie('criteria'), tie('criteria'))
        .map(([a, b]): Criteria => ({ allOf: [a, b] })),
      fc
        .tuple(tie('criteria'), tie('criteria'))
        .map(([a, b]): Criteria => ({ anyOf: [a, b] })),
      tie('criteria').map((not): Criteria => ({ not })),
    ),
  }),
);

/** As the permission framework decides about one event. */
function applies(criteria: Criteria, event: RequestAuditEvent): boolean {
  if (isAndCriteria(criteria)) {
    return criteria.allOf.every(part => applies(part, event));
  }
  if (isOrCriteria(criteria)) {
    return criteria.anyOf.some(part => applies(part, event));
  }
  if (isNotCriteria(criteria)) {
    return !applies(criteria.not, event);
  }
  const rule: { apply(event: RequestAuditEvent, params: unknown): boolean } =
    Object.values(requestAuditEventRules).find(
      ({ name }) => name === criteria.rule,
    )!;
  return rule.apply(event, criteria.params);
}

describe('the events that a policy lets a user see', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  it.each(databases.eachSupportedId())(
    'are in %p those that its rules allow in memory, in lists, totals, bars, exports and one by one',
    async databaseId => {
      const knex = await migratedDatabase(databases, databaseId);
      const { writer, store } = openEventStore(knex);
      const records = fc
        .sample(eventArbitrary, { numRuns: EVENTS, seed: 7 })
        .map((event, i) => spoolRecord(i + 1, event));
      await knex.transaction(transaction =>
        writer.write(transaction, 'demo-proxy', records),
      );

      await fc.assert(
        fc.asyncProperty(
          criteriaArbitrary,
          fc.integer({ min: 1, max: EVENTS }),
          async (criteria, one) => {
            const visible = toFilter(
              REQUEST_AUDIT_EVENT_RESOURCE_TYPE,
              criteria,
            );
            const expected = records
              .filter(record => applies(criteria, record))
              .map(({ id }) => id);
            const page = await store.list({
              visible,
              order: 'asc',
              limit: 200,
            });
            expect(page.items.map(({ id }) => id)).toEqual(expected);
            expect(page.totalItems).toBe(expected.length);
            const { items } = await store.histogram({ visible });
            expect(
              items.reduce((sum, bar) => sum + bar.success + bar.failure, 0),
            ).toBe(expected.length);
            const exported: string[] = [];
            for await (const batch of store.export(
              { visible },
              { order: 'asc', batch: 50 },
            )) {
              exported.push(...batch.map(({ id }) => id));
            }
            expect(exported).toEqual(expected);
            expect((await store.get(eventId(one), visible))?.id).toBe(
              expected.find(id => id === eventId(one)),
            );
          },
        ),
        { numRuns: 60 },
      );
    },
  );

  it('are not told by a rule that there is not', () => {
    const condition = {
      resourceType: REQUEST_AUDIT_EVENT_RESOURCE_TYPE,
      rule: 'IS_NICE',
    };
    expect(() =>
      toFilter(REQUEST_AUDIT_EVENT_RESOURCE_TYPE, condition),
    ).toThrow('There is no permission rule IS_NICE');
  });

  it('are not told by a rule without what it takes', () => {
    const condition = {
      resourceType: REQUEST_AUDIT_EVENT_RESOURCE_TYPE,
      rule: 'IS_OF_USER',
      params: {},
    };
    expect(() =>
      toFilter(REQUEST_AUDIT_EVENT_RESOURCE_TYPE, condition),
    ).toThrow('Parameters to rule are invalid');
  });
});
