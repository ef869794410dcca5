/** Stands between the items of a list in one column, so it cannot be part of an item. */
const SEPARATOR = '\u001f';
// eslint-disable-next-line no-control-regex
const UNSTORABLE = /[\0\u001f]/g;
const REPLACEMENT = '\ufffd';

/**
 * The form in which text is stored to be compared and searched: upper case by
 * JavaScript's rules, as `@backstage/filter-predicates` compares in memory.
 * PostgreSQL does not store NUL, so it is replaced, alike on both sides.
 */
export function foldText(text: string): string {
  return text.toUpperCase().replace(UNSTORABLE, REPLACEMENT);
}

/** The items of a list in one column; {@link foldedItem} finds one in it. */
export function foldList(items: readonly string[]): string {
  return items.map(foldedItem).join('') || SEPARATOR;
}

/** An item as it is in a folded list: the part to look for. */
export function foldedItem(item: string): string {
  return `${SEPARATOR}${foldText(item)}${SEPARATOR}`;
}
