import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import type { JsonObject } from '@backstage/types';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import { readKubernetesAuditConfig } from '../config';
import { KubernetesUserNames } from './KubernetesUserNames';

jest.setTimeout(60_000);

describe('KubernetesUserNames', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    async function namesOf(credentials: JsonObject = {}) {
      return KubernetesUserNames.create({
        knex: await migratedDatabase(databases, databaseId),
        config: readKubernetesAuditConfig(
          mockServices.rootConfig({
            data: { kubernetesAudit: { credentials } },
          }),
        ),
      });
    }

    it('are the name, with its namespace unless that is the default one', async () => {
      const names = await namesOf();
      expect(await names.claim('user:default/guest')).toBe('guest');
      expect(await names.claim('user:default/guest')).toBe('guest');
      expect(await names.claim('user:ops/guest')).toBe('ops/guest');
    });

    it('follow the template and carry the prefix', async () => {
      const names = await namesOf({
        userNameTemplate: '{kind}.{namespace}.{name} <{email}>',
        userNamePrefix: 'portal:',
      });
      expect(await names.claim('user:ops/guest', 'g@example.com')).toBe(
        'portal:user.ops.guest <g@example.com>',
      );
      await expect(names.claim('user:ops/guest')).rejects.toThrow(
        'user:ops/guest has no e-mail address',
      );
    });

    it('are one user’s alone', async () => {
      const names = await namesOf({ userNameTemplate: '{name}' });
      await names.claim('user:default/guest');
      await expect(names.claim('user:ops/guest')).rejects.toThrow(
        expect.objectContaining({
          name: 'ConflictError',
          message: expect.stringContaining('taken by user:default/guest'),
        }),
      );
    });

    it('are never those of Kubernetes itself, nor unfit for a header', async () => {
      const names = await namesOf({ userNameTemplate: '{email}' });
      await expect(
        names.claim('user:default/guest', 'System:admin'),
      ).rejects.toThrow(expect.objectContaining({ name: 'NotAllowedError' }));
      for (const email of ['', 'a\r\nb', 'x'.repeat(1025)]) {
        await expect(names.claim('user:default/guest', email)).rejects.toThrow(
          'no name that Kubernetes could use',
        );
      }
    });
  });
});
