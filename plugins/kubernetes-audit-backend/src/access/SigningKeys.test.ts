import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { compactVerify, CompactSign, createLocalJWKSet } from 'jose';
import type { Knex } from 'knex';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import { readKeySecret } from './keySecret';
import { SecretBox } from './SecretBox';
import { SigningKeys } from './SigningKeys';

jest.setTimeout(60_000);

const create = (knex: Knex, secret = 'a secret of some length') =>
  SigningKeys.create({ knex, box: SecretBox.create(secret), now: () => 1 });

describe('signing keys', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    it('are shared by replicas that start at once', async () => {
      const knex = await migratedDatabase(databases, databaseId);
      const replicas = await Promise.all([
        create(knex),
        create(knex),
        create(knex),
      ]);
      const [first, ...others] = await Promise.all(
        replicas.map(replica => replica.getSigningKey()),
      );
      others.forEach(({ kid }) => expect(kid).toBe(first.kid));
      expect(await replicas[1].listPublicKeys()).toEqual([
        {
          kid: first.kid,
          kty: 'EC',
          crv: 'P-256',
          alg: 'ES256',
          use: 'sig',
          x: expect.any(String),
          y: expect.any(String),
        },
      ]);
    });

    it('verify by the public key what the private one signed', async () => {
      const keys = await create(await migratedDatabase(databases, databaseId));
      const { kid, key } = await keys.getSigningKey();
      const jws = await new CompactSign(Buffer.from('text'))
        .setProtectedHeader({ alg: 'ES256', kid })
        .sign(key);
      const { payload } = await compactVerify(
        jws,
        createLocalJWKSet({ keys: await keys.listPublicKeys() }),
      );
      expect(Buffer.from(payload).toString()).toBe('text');
    });

    it('are not readable in the database, and with another secret the portal does not start', async () => {
      const knex = await migratedDatabase(databases, databaseId);
      await create(knex);
      const [row] = await knex('signing_keys');
      expect(JSON.stringify(row)).not.toContain('PRIVATE KEY');
      await expect(create(knex, 'another secret')).rejects.toThrow(
        'encrypted with another kubernetesAudit.keys.encryptionSecret',
      );
    });

    it('sign by the newest generation and keep the others to verify', async () => {
      const knex = await migratedDatabase(databases, databaseId);
      const keys = await create(knex);
      const [row] = await knex('signing_keys');
      const box = SecretBox.create('a secret of some length');
      await knex('signing_keys').insert({
        ...row,
        generation: 2,
        kid: 'second',
        public_key: JSON.stringify({
          ...JSON.parse(row.public_key),
          kid: 'second',
        }),
        encrypted_private_key: box.seal(
          box.open(row.encrypted_private_key, row.kid),
          'second',
        ),
      });
      expect((await keys.getSigningKey()).kid).toBe('second');
      const kids = (await keys.listPublicKeys()).map(({ kid }) => kid);
      expect(kids).toEqual(['second', row.kid]);
    });

    it('are encrypted by the configured secret, or in development by one in the database', async () => {
      const knex = await migratedDatabase(databases, databaseId);
      const logger = mockServices.logger.mock();
      const read = (data: object, production = false) =>
        readKeySecret({
          config: mockServices.rootConfig({ data: { ...data } }),
          knex,
          logger,
          production,
        });
      const own = { kubernetesAudit: { keys: { encryptionSecret: 'own' } } };
      const host = { backend: { auth: { keys: [{ secret: 'host' }] } } };
      expect(await read({ ...own, ...host }, true)).toBe('own');
      expect(await read(host, true)).toBe('host');
      await expect(read({}, true)).rejects.toThrow(
        'Set kubernetesAudit.keys.encryptionSecret',
      );
      expect(logger.warn).not.toHaveBeenCalled();
      const [one, two] = await Promise.all([read({}), read({})]);
      expect(one).toBe(two);
      expect(one).toHaveLength(44);
      expect(logger.warn).toHaveBeenCalledWith(
        expect.stringContaining('not protected'),
      );
    });
  });
});
