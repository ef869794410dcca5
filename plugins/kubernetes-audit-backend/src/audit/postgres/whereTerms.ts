import type { WhereTerms } from '../query/applyCondition';
import { SINGLE_TERM_KINDS, SingleTermKind, TermKind } from '../terms';
import { arrayLiteral } from '../../database';

/** Terms as the GIN index finds them. */
export const whereIndexed: WhereTerms = (query, kind, ids) => {
  query.whereRaw('?? && ?::integer[]', [columnOf(kind), arrayLiteral(ids)]);
};

/** Terms as a row is judged by them: an operator that no index knows. */
export const whereJudged: WhereTerms = (query, kind, ids) => {
  if (kind === 'group') {
    query.whereRaw("(group_terms || '{}'::integer[]) && ?::integer[]", [
      arrayLiteral(ids),
    ]);
  } else {
    query.whereRaw(`${termExpression(kind)} = ANY(?::integer[])`, [
      arrayLiteral(ids),
    ]);
  }
};

/** The one term of a kind that a row has. */
export function termExpression(kind: SingleTermKind): string {
  return `terms[${SINGLE_TERM_KINDS.indexOf(kind) + 1}]`;
}

function columnOf(kind: TermKind): string {
  return kind === 'group' ? 'group_terms' : 'terms';
}
