import type { Credential } from 'backstage-plugin-kubernetes-audit-common';
import { fakeAuditApi } from '../../__testUtils__';
import { readCredentials } from './readCredentials';

const ALL: Credential[] = Array.from({ length: 450 }, (_, i) => ({
  id: `${i}`,
  userEntityRef: 'user:default/jane',
  kind: 'kubeconfig',
  issuedAt: '2026-11-22T02:00:00.000Z',
  expiresAt: '2026-11-22T14:00:00.000Z',
}));

describe('readCredentials', () => {
  it.each([
    [50, [[undefined, 50]], true],
    [
      250,
      [
        [undefined, 200],
        ['200', 50],
      ],
      true,
    ],
    [
      500,
      [
        [undefined, 200],
        ['200', 200],
        ['400', 100],
      ],
      false,
    ],
  ])(
    'reads the first %p by no more pages than it takes',
    async (count, asked, hasMore) => {
      const api = fakeAuditApi({
        listCredentials: async ({ cursor = '0', limit = 0 }) => {
          const end = Number(cursor) + limit;
          return {
            items: ALL.slice(Number(cursor), end),
            ...(end < ALL.length && { nextCursor: `${end}` }),
          };
        },
      });
      const first = await readCredentials(api, { state: 'valid' }, count, {});
      expect(first).toEqual({ items: ALL.slice(0, count), hasMore });
      expect(
        api.listCredentials.mock.calls.map(([{ state, cursor, limit }]) => [
          state,
          cursor,
          limit,
        ]),
      ).toEqual(asked.map(page => ['valid', ...page]));
    },
  );
});
