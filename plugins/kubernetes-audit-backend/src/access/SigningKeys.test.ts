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

    it('are published before they sign, and leave no private half behind', async () => {
      const knex = await migratedDatabase(databases, databaseId);
      const keys = await create(knex);
      const { kid: first } = await keys.getSigningKey();
      const next = await keys.publishNext();
      const kids = async () => (await keys.listPublicKeys()).map(k => k.kid);
      expect(await kids()).toEqual([next.kid, first]);
      expect((await keys.getSigningKey()).kid).toBe(first);

      await keys.beginSigning(next);
      expect((await keys.getSigningKey()).kid).toBe(next.kid);
      expect(await kids()).toEqual([next.kid, first]);
      const rows = await knex('signing_keys').orderBy('generation');
      expect(rows[0].encrypted_private_key).toBe('');
      expect(rows[1].encrypted_private_key).not.toBe('');

      await keys.retire((await keys.list())[1]);
      expect(await kids()).toEqual([next.kid]);
    });

    it('are endorsed each by the one before', async () => {
      const knex = await migratedDatabase(databases, databaseId);
      const keys = await create(knex);
      for (let i = 0; i < 2; i++) {
        await keys.beginSigning(await keys.publishNext());
      }
      const [third, second, first] = await keys.listPublicKeys();
      const endorsements = await keys.listEndorsements();
      const opened = await Promise.all(
        endorsements.map((endorsement, i) =>
          compactVerify(
            endorsement,
            createLocalJWKSet({ keys: [[first], [second]][i] }),
          ),
        ),
      );
      expect(
        opened.map(({ payload }) =>
          JSON.parse(Buffer.from(payload).toString()),
        ),
      ).toEqual([second, third]);
      expect(opened.map(({ protectedHeader }) => protectedHeader)).toEqual(
        [first, second].map(jwk => ({
          alg: 'ES256',
          kid: jwk.kid,
          typ: 'kubernetes-audit-key+jwt',
          jwk,
        })),
      );
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
