import type { Knex } from 'knex';
import type { FacetChange } from '../rollup';
import { arrayLiteral } from '../../database';

/** So many batches' changes wait: a query reads them all, and each folding spares as many changes of the same counts. */
const FOLD_EVERY = 4;
/** A batch with more changes does not wait: to unpack them would take each query some milliseconds. */
const MAX_WAITING = 4000;
/** Rows of one folding, should they have piled up. */
const MAX_FOLDED = 256;

/**
 * Leaves a batch's changes of the roll-up where the counts are read from, too.
 * Now and then they are brought into the roll-up, by the batch that comes at
 * the time: what others have not committed yet waits for the next one.
 */
export async function addFacetChanges(
  transaction: Knex,
  changes: readonly FacetChange[],
): Promise<void> {
  const {
    rows: [{ id }],
  } = await transaction.raw<{ rows: { id: string }[] }>(
    `INSERT INTO event_facet_changes (term_ids, buckets, n, failed)
     VALUES (?, ?, ?, ?) RETURNING id`,
    [
      arrayLiteral(changes.map(({ term }) => term)),
      arrayLiteral(changes.map(({ bucket }) => bucket)),
      arrayLiteral(changes.map(({ n }) => n)),
      arrayLiteral(changes.map(({ failed }) => failed)),
    ],
  );
  if (Number(id) % FOLD_EVERY === 0 || changes.length > MAX_WAITING) {
    await foldFacetChanges(transaction);
  }
}

/** Brings changes that wait into the roll-up; sorted, so that of two who do it one waits, and never each for the other. */
export async function foldFacetChanges(knex: Knex): Promise<void> {
  await knex.raw(
    `WITH folded AS (
       DELETE FROM event_facet_changes WHERE id IN (
         SELECT id FROM event_facet_changes ORDER BY id LIMIT ${MAX_FOLDED}
         FOR UPDATE SKIP LOCKED
       ) RETURNING term_ids, buckets, n, failed
     )
     INSERT INTO event_facets AS facet (term_id, bucket, n, failed)
     SELECT term_id, bucket, sum(n), sum(failed)
     FROM (
       SELECT unnest(term_ids) AS term_id, unnest(buckets) AS bucket,
         unnest(n) AS n, unnest(failed) AS failed
       FROM folded
     ) AS change
     GROUP BY 1, 2 ORDER BY 1, 2
     ON CONFLICT (term_id, bucket) DO UPDATE
     SET n = facet.n + excluded.n, failed = facet.failed + excluded.failed`,
  );
}
