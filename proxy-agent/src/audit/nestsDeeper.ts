const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** A shorter text is taken for shallow, in bytes: `JSON.parse` makes short work of it. */
const MAX_HARMLESS_BYTES = 8 * 1024;

/**
 * Whether long JSON nests deeper than so many levels. `JSON.parse` needs a second
 * for a body of 3 MiB that is all brackets; to count them takes milliseconds.
 */
export function nestsDeeper(json: Buffer, levels: number): boolean {
  if (json.length <= MAX_HARMLESS_BYTES) {
    return false;
  }
  let depth = 0;
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i];
    if (inString) {
      if (byte === BACKSLASH) {
        i++;
      } else if (byte === QUOTE) {
        inString = false;
      }
    } else if (byte === QUOTE) {
      inString = true;
    } else if (byte === OPEN_BRACKET || byte === OPEN_BRACE) {
      depth++;
      if (depth > levels) {
        return true;
      }
    } else if (byte === CLOSE_BRACKET || byte === CLOSE_BRACE) {
      depth--;
    }
  }
  return false;
}
