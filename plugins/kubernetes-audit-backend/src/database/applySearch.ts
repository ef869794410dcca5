import type { Knex } from 'knex';
import { foldText } from './foldText';
import { LIKE_ESCAPE, likePattern } from './likePattern';

/** Narrows a query to rows with the text, in any case, in one of the columns, which are folded. */
export function applySearch(
  query: Knex.QueryBuilder,
  columns: readonly string[],
  search: string | undefined,
): void {
  const text = search?.trim();
  if (!text) {
    return;
  }
  const pattern = `%${likePattern(foldText(text))}%`;
  query.andWhere(group => {
    for (const column of columns) {
      group.orWhereRaw(`?? like ? escape '${LIKE_ESCAPE}'`, [column, pattern]);
    }
  });
}
