/**
 * Reads tags as they are written for people: `env=prod, site=fra1`.
 *
 * @returns undefined when there is none, or a part is no tag
 */
export function readTags(text: string): Record<string, string> | undefined {
  const parts = text.split(/[\s,]+/).filter(Boolean);
  const tags = parts.map(part => /^([^=]+)=(.*)$/.exec(part));
  if (tags.length === 0 || tags.includes(null)) {
    return undefined;
  }
  return Object.fromEntries(
    tags.flatMap(tag => (tag ? [[tag[1], tag[2]]] : [])),
  );
}
