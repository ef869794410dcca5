/** A character of UTF-8 lacks one byte at least when it is cut, so at most three are there. */
const MAX_INCOMPLETE_BYTES = 3;

/**
 * The bytes at the end of `bytes` that a streaming UTF-8 decoder still holds
 * back, because they begin a character that is not whole: the Encoding
 * Standard's decoder, which `TextDecoder` is.
 */
export function incompleteCharacter(bytes: Uint8Array): Uint8Array {
  const most = Math.min(MAX_INCOMPLETE_BYTES, bytes.length);
  for (let back = 1; back <= most; back++) {
    const start = bytes.length - back;
    const lead = bytes[start];
    if (lead >= 0x80 && lead <= 0xbf) {
      continue;
    }
    const isCut =
      characterLength(lead) > back &&
      (back === 1 || isSecondByte(lead, bytes[start + 1]));
    return isCut ? bytes.slice(start) : new Uint8Array();
  }
  return new Uint8Array();
}

function characterLength(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) {
    return 2;
  }
  if (lead >= 0xe0 && lead <= 0xef) {
    return 3;
  }
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 1;
}

/** Some leads allow only a part of the continuation bytes next: no overlong forms, no surrogates, nothing beyond U+10FFFF. */
function isSecondByte(lead: number, byte: number): boolean {
  switch (lead) {
    case 0xe0:
      return byte >= 0xa0;
    case 0xed:
      return byte <= 0x9f;
    case 0xf0:
      return byte >= 0x90;
    case 0xf4:
      return byte <= 0x8f;
    default:
      return true;
  }
}
