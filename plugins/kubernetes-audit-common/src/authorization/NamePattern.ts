import { RE2JS } from 're2js';

/** Tells whether a value is one that a role's list means. @public */
export type NamePattern = (value: string) => boolean;

const isWildcard = (pattern: string) => /^\*+$/.test(pattern);
const isLiteral = (pattern: string) =>
  !/[*?]/.test(pattern) && !(pattern.length > 2 && /^\/.*\/$/s.test(pattern));

/** A glob with `*` (any characters) and `?` (one character), in linear time. */
function compileGlob(glob: string): NamePattern {
  if (isWildcard(glob)) {
    return () => true;
  }
  const parts = glob.split('*');
  if (parts.length === 2 && !glob.includes('?')) {
    const [start, end] = parts;
    return value =>
      value.length >= start.length + end.length &&
      value.startsWith(start) &&
      value.endsWith(end);
  }
  const expression = RE2JS.compile(
    [...glob]
      .map(character => {
        if (character === '*') {
          return '.*';
        }
        return character === '?' ? '.' : RE2JS.quote(character);
      })
      .join(''),
    RE2JS.DOTALL,
  );
  return value => expression.matches(value);
}

/**
 * One entry of a role's list: a name, a glob, or a `/regular expression/` that
 * must match the whole value. RE2 matches in linear time, whatever a role says.
 *
 * @throws Error when the expression is malformed
 * @public
 */
export function compileNamePattern(pattern: string): NamePattern {
  if (isLiteral(pattern)) {
    return value => value === pattern;
  }
  if (pattern.length > 2 && pattern.startsWith('/') && pattern.endsWith('/')) {
    const expression = RE2JS.compile(pattern.slice(1, -1));
    return value => expression.matches(value);
  }
  return compileGlob(pattern);
}

/** Matches what any of the patterns matches. @public */
export function compileNamePatterns(patterns: string[]): NamePattern {
  if (patterns.some(isWildcard)) {
    // The others are compiled all the same: an error in one must be told.
    patterns.forEach(compileNamePattern);
    return () => true;
  }
  const literals = new Set(patterns.filter(isLiteral));
  const compiled = patterns
    .filter(pattern => !literals.has(pattern))
    .map(compileNamePattern);
  if (compiled.length === 0) {
    return value => literals.has(value);
  }
  return value =>
    literals.has(value) || compiled.some(matches => matches(value));
}
