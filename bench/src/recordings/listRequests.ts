import {
  addressOf,
  OLD_CLUSTER,
  RARE_USER,
  userNameOf,
} from './recordingsOfYears';

/** A way to ask for the list; the query of each time it is asked. */
export type ListCase = {
  name: string;
  query: (time: number) => Promise<Record<string, string>>;
  /** What every page has to hold, so that no empty answer counts as a fast one. */
  expected: 'some' | 'none';
};

const DAY_MS = 24 * 3600_000;
const NEWEST = Date.parse('2026-11-22T00:00:00.000Z');
const daysAgo = (days: number) =>
  new Date(NEWEST - days * DAY_MS).toISOString();

/**
 * What people ask of the list.
 *
 * @param nextCursorOf - asks for a page and ends with its cursor to the next
 */
export function listCases(
  nextCursorOf: (query: Record<string, string>) => Promise<string>,
): ListCase[] {
  const search =
    (text: (time: number) => string, more?: Record<string, string>) =>
    async (time: number) => ({ search: text(time), ...more });
  const found = (name: string, query: ListCase['query']): ListCase => ({
    name,
    query,
    expected: 'some',
  });
  return [
    found('first page', async () => ({})),
    found('deep page', async time => ({
      cursor: await nextCursorOf({ to: daysAgo(700 + time) }),
    })),
    found('oldest first', async () => ({ order: 'asc' })),
    found('range: a day', async time => ({
      from: daysAgo(500 + time),
      to: daysAgo(499 + time),
    })),
    found(
      'search: one user',
      search(time => userNameOf(time * 17)),
    ),
    found(
      'search: a user with five recordings',
      search(() => RARE_USER.slice(1, -1)),
    ),
    found(
      'search: a part of many names',
      search(time => `r.1${time % 10}`),
    ),
    found(
      'search: a part of every name',
      search(() => 'user.'),
    ),
    found(
      'search: one cluster',
      search(time => `prod-${10 + (time % 30)}`),
    ),
    found(
      'search: a cluster that was given up',
      search(() => OLD_CLUSTER),
    ),
    found(
      'search: one address',
      search(time => addressOf(time * 17, 1)),
    ),
    found(
      'search: a part of many addresses',
      search(time => `10.${time % 20}.`),
    ),
    found(
      'search: every kubectl',
      search(() => 'kubectl'),
    ),
    {
      name: 'search: no match',
      query: search(time => `nobody-${time}`),
      expected: 'none',
    },
    found(
      'search: one user, in a year',
      search(time => userNameOf(time * 17), {
        from: daysAgo(900),
        to: daysAgo(535),
      }),
    ),
    found(
      'search: a part of every name, a week',
      search(() => 'user.', { from: daysAgo(800), to: daysAgo(793) }),
    ),
    found('search: one user, deep page', async time => {
      const text = { search: userNameOf(time * 17) };
      return {
        ...text,
        cursor: await nextCursorOf({ ...text, to: daysAgo(600) }),
      };
    }),
  ];
}
