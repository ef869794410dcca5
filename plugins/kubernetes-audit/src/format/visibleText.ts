/**
 * What has no glyph, or turns the direction of what stands around it: whoever
 * calls a cluster chooses names, and could make them look like others.
 */
const UNSEEN = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A text that looks like no other: what would not be seen is written as `\u{202E}`. */
export function visibleText(text: string): string {
  return text.replace(
    UNSEEN,
    character => `\\u{${character.codePointAt(0)?.toString(16).toUpperCase()}}`,
  );
}
