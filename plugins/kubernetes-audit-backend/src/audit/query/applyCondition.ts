import type { Knex } from 'knex';
import { applyFilter } from '../../database';
import type { TermKind } from '../terms';
import type { EventCondition } from './EventCondition';

/** Narrows a query to events that have one of the terms. */
export type WhereTerms = (
  query: Knex.QueryBuilder,
  kind: TermKind,
  ids: readonly number[],
) => void;

/** Narrows a query to the rows that a condition matches; no part of it is ever NULL. */
export function applyCondition(
  query: Knex.QueryBuilder,
  condition: EventCondition,
  whereTerms: WhereTerms,
): void {
  switch (condition.type) {
    case 'constant':
      query.whereRaw(condition.value ? '1 = 1' : '1 = 0');
      break;
    case 'all':
      for (const part of condition.conditions) {
        query.andWhere(group => applyCondition(group, part, whereTerms));
      }
      break;
    case 'any':
      for (const part of condition.conditions) {
        query.orWhere(group => applyCondition(group, part, whereTerms));
      }
      break;
    case 'not':
      query.whereNot(group =>
        applyCondition(group, condition.condition, whereTerms),
      );
      break;
    case 'terms':
      whereTerms(query, condition.kind, condition.ids);
      break;
    case 'result':
      query.where('failed', condition.failed);
      break;
    case 'time':
      if (condition.from > -Infinity) {
        query.where('executed_at', '>=', condition.from);
      }
      if (condition.to < Infinity) {
        query.where('executed_at', '<', condition.to);
      }
      break;
    case 'session':
      query.whereNotNull('session_id').whereIn('session_id', condition.ids);
      break;
    default:
      applyFilter(query, {
        type: 'test',
        field: condition.field,
        test: condition.test,
      });
  }
}

/** The columns that a condition looks at beside time, terms and result. */
export function columnsOf(condition: EventCondition): string[] {
  switch (condition.type) {
    case 'all':
    case 'any':
      return [...new Set(condition.conditions.flatMap(columnsOf))];
    case 'not':
      return columnsOf(condition.condition);
    case 'terms':
      return condition.kind === 'group' ? ['group_terms'] : [];
    case 'session':
      return ['session_id'];
    case 'row':
      return [condition.field.column];
    default:
      return [];
  }
}
