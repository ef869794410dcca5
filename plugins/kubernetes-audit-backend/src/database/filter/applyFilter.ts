import type { FilterPredicatePrimitive } from '@backstage/filter-predicates';
import type { Knex } from 'knex';
import { z } from 'zod';
import { foldedItem, foldText } from '../foldText';
import { LIKE_ESCAPE, likePattern } from '../likePattern';
import { parseInstant } from '../parseInstant';
import type { Filter, FilterTest, TimeOperator } from './Filter';
import type { FilterField } from './FilterField';

const uuidSchema = z.uuid();

const SQL_OPERATORS: Record<TimeOperator, string> = {
  $gte: '>=',
  $gt: '>',
  $lte: '<=',
  $lt: '<',
};

/**
 * Narrows a query to the rows that a filter matches, as the filter would match
 * the fields in memory. No condition is ever NULL: where a field is absent,
 * `$not` must turn false into true.
 */
export function applyFilter(query: Knex.QueryBuilder, filter: Filter): void {
  switch (filter.type) {
    case 'all':
      query.whereRaw('1 = 1');
      for (const part of filter.filters) {
        query.andWhere(group => applyFilter(group, part));
      }
      break;
    case 'any':
      query.whereRaw('1 = 0');
      for (const part of filter.filters) {
        query.orWhere(group => applyFilter(group, part));
      }
      break;
    case 'not':
      query.whereNot(group => applyFilter(group, filter.filter));
      break;
    default:
      applyTest(query, filter.field, filter.test);
  }
}

function applyTest(
  query: Knex.QueryBuilder,
  field: FilterField,
  test: FilterTest,
): void {
  const { column } = field;
  switch (test.operator) {
    case 'exists':
      if (test.expected) {
        query.whereNotNull(column);
      } else {
        query.whereNull(column);
      }
      break;
    case 'hasPrefix':
      whereLike(query, column, `${likePattern(foldText(test.prefix))}%`);
      break;
    case 'contains':
      whereLike(query, column, `%${likePattern(foldedItem(test.item))}%`);
      break;
    case 'range':
      query.whereNotNull(column);
      for (const { operator, milliseconds } of test.bounds) {
        query.where(column, SQL_OPERATORS[operator], milliseconds);
      }
      break;
    default:
      applyEquals(query, field, test.values);
  }
}

function applyEquals(
  query: Knex.QueryBuilder,
  field: FilterField,
  candidates: FilterPredicatePrimitive[],
): void {
  const values = candidates.flatMap(value => columnValues(field, value));
  query.whereNotNull(field.column).whereIn(field.column, values);
}

function whereLike(
  query: Knex.QueryBuilder,
  column: string,
  pattern: string,
): void {
  query
    .whereNotNull(column)
    .whereRaw(`?? like ? escape '${LIKE_ESCAPE}'`, [column, pattern]);
}

/** The value as the column holds it; none when it can equal nothing there. */
export function columnValues(
  field: FilterField,
  value: FilterPredicatePrimitive,
): (string | number | boolean)[] {
  switch (field.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? [value] : [];
    case 'text':
      return typeof value === 'boolean' ? [] : [foldText(String(value))];
    case 'uuid':
      return uuidSchema.safeParse(value).success
        ? [String(value).toLowerCase()]
        : [];
    case 'integer':
      return isNumeral(value) && Number.isSafeInteger(Number(value))
        ? [Number(value)]
        : [];
    case 'double':
      return isNumeral(value) && Number.isFinite(Number(value))
        ? [Number(value)]
        : [];
    case 'time':
      return [parseInstant(value, 'filter')];
    default:
      return [];
  }
}

/** Numbers equal the text that JavaScript writes them as, and no other. */
function isNumeral(value: FilterPredicatePrimitive): boolean {
  return typeof value !== 'boolean' && String(Number(value)) === String(value);
}
