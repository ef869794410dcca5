import type { ColumnValue } from '../EventTables';

const SPECIAL = /["\\]/;

/** Values as PostgreSQL reads an array from text. */
export function arrayLiteral(values: readonly ColumnValue[]): string {
  return `{${values.map(elementOf).join(',')}}`;
}

function elementOf(value: ColumnValue): string {
  if (value === null) {
    return 'NULL';
  }
  return typeof value === 'string'
    ? `"${SPECIAL.test(value) ? value.replace(/["\\]/g, '\\$&') : value}"`
    : String(value);
}
