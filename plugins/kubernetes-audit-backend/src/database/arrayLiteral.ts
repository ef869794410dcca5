/** What an array in the database may hold here. */
type Element = string | number;

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
  return typeof value === 'string'
    ? `"${SPECIAL.test(value) ? value.replace(/["\\]/g, '\\$&') : value}"`
    : String(value);
}
