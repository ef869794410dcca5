import type { ColumnValue } from '../EventTables';

const SPECIAL = /["\\]/;

/** Values as PostgreSQL reads an array from text. */
export function arrayLiteral(values: readonly ColumnValue[]): string {
  let literal = '{';
  for (let i = 0; i < values.length; i++) {
    literal += i === 0 ? elementOf(values[i]) : `,${elementOf(values[i])}`;
  }
  return `${literal}}`;
}

function elementOf(value: ColumnValue): string {
  if (value === null) {
    return 'NULL';
  }
  return typeof value === 'string'
    ? `"${SPECIAL.test(value) ? value.replace(/["\\]/g, '\\$&') : value}"`
    : String(value);
}
