const SYMBOLS_OF_TOKENS = "!#$%&'*+-.^_`|~";

function tableOf(holds: (code: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => Number(holds(code)));
}

/**
 * 1 for each character code that a name may have (RFC 9110, section 5.6.2). Codes
 * beyond a byte are not in it, so that they are refused, too: they would be cut.
 */
export const TOKEN = tableOf(
  code =>
    (code < 0x80 && /\w/.test(String.fromCharCode(code))) ||
    SYMBOLS_OF_TOKENS.includes(String.fromCharCode(code)),
);

/** 1 for each character code that a value may have (RFC 9110, section 5.5). */
export const FIELD_VALUE = tableOf(
  code => code === 0x09 || (code >= 0x20 && code !== 0x7f),
);

/** 1 for each character code that the target of a request may have. */
export const TARGET = tableOf(code => code > 0x20 && code < 0x7f);

/** Whether all characters of a text are in a table. */
export function consistsOf(table: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (table[text.charCodeAt(i)] !== 1) {
      return false;
    }
  }
  return true;
}
