import { RE2JS } from 're2js';
import { globMatches } from '../agents/globMatches';

/**
 * One entry of a role's list: a name, a glob, or a `/regular expression/` of
 * RE2 that must match the whole value. Proxies read roles in the same way.
 *
 * @throws Error when the expression is malformed
 */
export function compileNamePattern(
  pattern: string,
): (value: string) => boolean {
  if (pattern.length > 2 && pattern.startsWith('/') && pattern.endsWith('/')) {
    const expression = RE2JS.compile(pattern.slice(1, -1));
    return value => expression.matches(value);
  }
  return value => globMatches(pattern, value);
}
