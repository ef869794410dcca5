import { countedHoursOf, SINGLE_TERM_KINDS, TermKind } from '../terms';
import { ALL_EVENTS, BUCKET_MS } from './FacetChanges';

/**
 * How a database counts events anew: a statement that adds up its selects, one
 * for each kind of term, by the term and the bucket that the term is counted in.
 *
 * @param from - of the events, as `FROM` has it; `:from` and `:to` are bound
 * @param termOf - the term of a kind; that of all events is `0`
 * @param failed - counts the failures of a group
 */
export function recountStatement(options: {
  from(kind: TermKind | undefined): string;
  termOf(kind: TermKind): string;
  failed: string;
}): string {
  const select = (kind: TermKind | undefined) => {
    const hours = kind ? countedHoursOf(kind) : 1;
    return hours === undefined
      ? []
      : `SELECT ${kind ? options.termOf(kind) : ALL_EVENTS} AS term,
           executed_at / ${hours * BUCKET_MS} * ${hours} AS bucket,
           count(*) AS n, ${options.failed} AS failed
         FROM ${options.from(kind)}
         WHERE executed_at >= :from AND executed_at < :to
         GROUP BY 1, 2`;
  };
  return [undefined, ...SINGLE_TERM_KINDS, 'group' as const]
    .flatMap(select)
    .join('\nUNION ALL\n');
}
