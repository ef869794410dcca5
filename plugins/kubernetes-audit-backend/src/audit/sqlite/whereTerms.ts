import type { WhereTerms } from '../query/applyCondition';
import type { SingleTermKind } from '../terms';

/** The columns of terms. */
export const TERM_COLUMNS: Record<SingleTermKind, string> = {
  user: 'user_id',
  cluster: 'cluster_id',
  verb: 'verb_id',
  resource: 'resource_id',
  namespace: 'namespace_id',
  role: 'role_id',
  clientIp: 'client_ip_id',
};

/** Terms as their indexes find them. */
export const whereIndexed: WhereTerms = (query, kind, ids) => {
  if (kind === 'group') {
    query.where(group => {
      for (const id of ids) {
        group.orWhereRaw('instr(group_terms, ?) > 0', [`,${id},`]);
      }
    });
  } else {
    query.whereRaw(`${TERM_COLUMNS[kind]} in (${ids.map(Number).join(',')})`);
  }
};

/** The sign keeps SQLite from another way than through the primary key. */
export const whereJudged: WhereTerms = (query, kind, ids) => {
  if (kind === 'group') {
    whereIndexed(query, kind, ids);
  } else {
    query.whereRaw(`+${TERM_COLUMNS[kind]} in (${ids.map(Number).join(',')})`);
  }
};
