import type { ColumnValue } from '../EventTables';

/** Values as PostgreSQL reads an array from text. */
export function arrayLiteral(values: readonly ColumnValue[]): string {
  return `{${values.map(elementOf).join(',')}}`;
}

function elementOf(value: ColumnValue): string {
  if (value === null) {
    return 'NULL';
  }
  return typeof value === 'string'
    ? `"${value.replace(/["\\]/g, '\\$&')}"`
    : String(value);
}
