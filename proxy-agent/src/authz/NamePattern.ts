import { RE2JS } from 're2js';

/** Tells whether a value is one that a role's list means. */
export type NamePattern = (value: string) => boolean;

/** A glob with `*` (any characters) and `?` (one character), in linear time. */
function compileGlob(glob: string): NamePattern {
  if (!/[*?]/.test(glob)) {
    return value => value === glob;
  }
  if (/^\*+$/.test(glob)) {
    return () => true;
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
 */
export function compileNamePattern(pattern: string): NamePattern {
  if (pattern.length > 2 && pattern.startsWith('/') && pattern.endsWith('/')) {
    const expression = RE2JS.compile(pattern.slice(1, -1));
    return value => expression.matches(value);
  }
  return compileGlob(pattern);
}

/** Matches what any of the patterns matches. */
export function compileNamePatterns(patterns: string[]): NamePattern {
  const compiled = patterns.map(compileNamePattern);
  return value => compiled.some(matches => matches(value));
}
