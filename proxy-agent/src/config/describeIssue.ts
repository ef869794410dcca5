import type { z } from 'zod';
import type { ConfigProblem } from './ConfigError';

/** What a schema asks for, and what YAML has, in words. */
const KINDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys with values',
  record: 'keys with values',
};

function kindOf(value: unknown): string {
  return KINDS[Array.isArray(value) ? 'array' : typeof value] ?? 'a value';
}

/** How many; with what, for all but numbers. */
function amount(origin: string, count: number | bigint): string {
  switch (origin) {
    case 'string':
      return `${count} ${count === 1 ? 'character' : 'characters'}`;
    case 'array':
      return `${count} ${count === 1 ? 'entry' : 'entries'}`;
    default:
      return String(count);
  }
}

function wrongType(
  expected: string,
  value: unknown,
): Pick<ConfigProblem, 'message'> {
  const wanted = KINDS[expected] ?? expected;
  if (value === null) {
    return { message: `has no value, expected ${wanted}` };
  }
  const hint =
    expected === 'string' && typeof value !== 'object'
      ? ': put it in quotes'
      : '';
  return { message: `expected ${wanted}, not ${kindOf(value)}${hint}` };
}

function valueAt(root: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).find(([name]) => name === String(key))?.[1]
        : undefined,
    root,
  );
}

/**
 * What is wrong, for who wrote the file. No value is repeated: it may be a
 * secret.
 *
 * @param values - what the file has
 */
export function describeIssue(
  issue: z.core.$ZodIssue,
  values: unknown,
): { path: PropertyKey[]; message: string }[] {
  const { path } = issue;
  const value = valueAt(values, path);
  if (value === undefined && path.length > 0 && issue.code !== 'custom') {
    return [
      {
        path: path.slice(0, -1),
        message: `${String(path[path.length - 1])} is missing`,
      },
    ];
  }
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(key => ({
        path: [...path, key],
        message: 'there is no such setting',
      }));
    case 'invalid_type':
      // A schema may have said it better.
      return issue.message.startsWith('Invalid input')
        ? [{ path, ...wrongType(issue.expected, value) }]
        : [{ path, message: issue.message }];
    case 'invalid_value':
      return [{ path, message: `expected one of ${issue.values.join(', ')}` }];
    case 'too_small':
      return [
        {
          path,
          message: `expected ${
            issue.inclusive ? 'at least' : 'more than'
          } ${amount(issue.origin, issue.minimum)}`,
        },
      ];
    case 'too_big':
      return [
        {
          path,
          message: `expected ${
            issue.inclusive ? 'at most' : 'less than'
          } ${amount(issue.origin, issue.maximum)}`,
        },
      ];
    case 'invalid_format':
      return [
        {
          path,
          message:
            issue.format === 'url'
              ? 'expected a URL that begins with https:// or http://'
              : issue.message,
        },
      ];
    default:
      return [{ path, message: issue.message }];
  }
}
