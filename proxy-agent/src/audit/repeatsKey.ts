const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** The members of all objects in a value: of a key that stands twice, one. */
function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) {
    return 0;
  }
  const fields: unknown[] = Object.values(value);
  const own = Array.isArray(value) ? 0 : fields.length;
  return fields.reduce<number>((sum, field) => sum + countMembers(field), own);
}

/** Each member has a colon, and there are no others outside of texts. */
function countColons(json: Buffer): number {
  let colons = 0;
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i];
    if (byte === QUOTE) {
      inString = !inString;
    } else if (inString) {
      i += byte === BACKSLASH ? 1 : 0;
    } else if (byte === COLON) {
      colons++;
    }
  }
  return colons;
}

/**
 * Whether an object in a JSON text has a key twice. Here the last one counts; an
 * API server puts an object into the one before, so that it has the fields of both.
 *
 * @param value - what `JSON.parse` made of it; it does not nest deep
 */
export function repeatsKey(json: Buffer, value: unknown): boolean {
  return countColons(json) !== countMembers(value);
}
