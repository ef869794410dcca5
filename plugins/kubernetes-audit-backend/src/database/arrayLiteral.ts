/** What an array in the database may hold here. */
type Element = string | number | boolean | null;

const SPECIAL = /["\\]/;

/** Values as PostgreSQL reads an array from text. */
export function arrayLiteral(values: readonly Element[]): string {
  let literal = '{';
  for (let i = 0; i < values.length; i++) {
    literal += i === 0 ? elementOf(values[i]) : `,${elementOf(values[i])}`;
  }
  return `${literal}}`;
}

function elementOf(value: Element): string {
  if (value === null) {
    return 'NULL';
  }
  return typeof value === 'string'
    ? `"${SPECIAL.test(value) ? value.replace(/["\\]/g, '\\$&') : value}"`
    : String(value);
}
