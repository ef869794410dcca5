import { TestDatabases } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { migratedDatabase } from '../../__testUtils__/migratedDatabase';
import type { FacetChange } from '../rollup';
import { addFacetChanges, foldFacetChanges } from './facetChanges';

jest.setTimeout(60_000);

describe('facetChanges', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });

  if (databases.eachSupportedId().length === 0) {
    it('needs a PostgreSQL', () => {
      expect(databases.eachSupportedId()).toEqual([]);
    });
    return;
  }

  describe.each(databases.eachSupportedId())('on %p', databaseId => {
    const changesOf = (terms: number): FacetChange[] =>
      Array.from({ length: terms }, (_, term) => ({
        term,
        bucket: 500_000,
        n: 2,
        failed: 1,
      }));
    const waiting = (knex: Knex) => knex('event_facet_changes').select('id');
    const counts = (knex: Knex) =>
      knex('event_counts')
        .groupBy('term_id')
        .orderBy('term_id')
        .select('term_id')
        .sum({ n: 'n', failed: 'failed' });

    it('leaves what a few batches change beside the roll-up, and counts it', async () => {
      const knex = await migratedDatabase(databases, databaseId);
      await addFacetChanges(knex, changesOf(2));
      await addFacetChanges(knex, changesOf(1));
      expect(await waiting(knex)).toHaveLength(2);
      const expected = [
        { term_id: 0, n: '4', failed: '2' },
        { term_id: 1, n: '2', failed: '1' },
      ];
      expect(await counts(knex)).toEqual(expected);

      await foldFacetChanges(knex);
      expect(await waiting(knex)).toEqual([]);
      expect(await counts(knex)).toEqual(expected);
    });

    it('lets nothing wait that would take long to unpack', async () => {
      const knex = await migratedDatabase(databases, databaseId);
      await addFacetChanges(knex, changesOf(4001));
      expect(await waiting(knex)).toEqual([]);
      expect(await counts(knex)).toHaveLength(4001);
    });
  });
});
