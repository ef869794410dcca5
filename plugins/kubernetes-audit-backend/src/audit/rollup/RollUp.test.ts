import { TestDatabases } from '@backstage/backend-test-utils';
import { migratedDatabase } from '../../__testUtils__/migratedDatabase';
import { ALL_EVENTS, COUNTS_VIEW } from './FacetChanges';

jest.setTimeout(60_000);

describe('RollUp', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });

  if (databases.eachSupportedId().length === 0) {
    it('needs a PostgreSQL', () => {
      expect(databases.eachSupportedId()).toEqual([]);
    });
    return;
  }

  it.each(databases.eachSupportedId())(
    'finds the counts of a term by their index, on %p',
    async databaseId => {
      const knex = await migratedDatabase(databases, databaseId);
      const counts = knex(COUNTS_VIEW)
        .where('term_id', ALL_EVENTS)
        .where('bucket', '>=', 0);
      const { sql, bindings } = counts.toSQL().toNative();
      const plan = await knex.transaction(async transaction => {
        // Of no rows it would read all.
        await transaction.raw('SET LOCAL enable_seqscan = off');
        const { rows } = await transaction.raw(
          `EXPLAIN ${sql.replace(/\$\d/g, '?')}`,
          [...bindings],
        );
        return rows
          .map((row: { 'QUERY PLAN': string }) => row['QUERY PLAN'])
          .join('\n');
      });
      expect(plan).toMatch(/event_facets.*\n.*Index Cond:.*term_id.*bucket/);
    },
  );
});
