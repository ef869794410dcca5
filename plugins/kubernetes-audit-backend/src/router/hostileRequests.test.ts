import {
  createMockDirectory,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { BASE, startPlugin, userHeaders } from '../__testUtils__/startPlugin';

jest.setTimeout(120_000);

/** With a NUL, which PostgreSQL has no text for, or with what is no text. */
const REQUESTS: [
  method: 'get' | 'post' | 'delete',
  path: string,
  body?: object,
][] = [
  ['get', '/v1/events?search=%00'],
  ['get', '/v1/recordings?search=a%00'],
  ['get', '/v1/access/credentials?search=%00'],
  ['get', '/v1/access/credentials?user=user:default/a%00'],
  ['delete', '/v1/tunnels/%00'],
  ['post', '/v1/access/revocations', { userEntityRef: 'user:default/a\0b' }],
  ['post', '/v1/erasures', { person: { userName: '\0' }, reference: 'r' }],
  [
    'post',
    '/v1/erasures',
    { person: { userEntityRef: 'user:default/\0' }, reference: 'r' },
  ],
  ['get', '/v1/events?search[toString]=a'],
  ['get', '/v1/events/export?search[toString]=a&search[valueOf]=b'],
];

describe('requests that no page makes', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });
  const directory = createMockDirectory();

  it.each(databases.eachSupportedId())(
    'are refused as such and audited, on %p',
    async databaseId => {
      const { api, audited } = await startPlugin({
        recordings: directory.path,
        knex: await databases.init(databaseId),
      });
      const answers = [];
      for (const [method, path, body] of REQUESTS) {
        const { status } = await api[method](`${BASE}${path}`)
          .set(userHeaders())
          .send(body);
        answers.push([path, status, audited.at(-1)?.status]);
      }
      expect(answers).toEqual(
        REQUESTS.map(([, path]) => [path, 400, 'failed']),
      );
      expect(audited).toHaveLength(REQUESTS.length);
    },
  );
});
