/** The character that takes a pattern character's meaning away; name it in `ESCAPE`. */
export const LIKE_ESCAPE = '!';

/** Text as a part of a LIKE pattern that matches just that text. */
export function likePattern(text: string): string {
  return text.replace(/[!%_]/g, character => `${LIKE_ESCAPE}${character}`);
}
