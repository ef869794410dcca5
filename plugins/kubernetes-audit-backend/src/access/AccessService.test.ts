import {
  mockCredentials,
  mockServices,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { decodeJwt } from 'jose';
import type { Knex } from 'knex';
import { parse } from 'yaml';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import { AgentDirectory, DatabaseHeartbeatStore } from '../agents';
import type { Authorizer } from '../authorization';
import { readKubernetesAuditConfig } from '../config';
import { AccessService } from './AccessService';
import { CredentialIssuer } from './CredentialIssuer';
import { DatabaseCredentialStore } from './CredentialStore';
import { KeyRotation } from './KeyRotation';
import { KubernetesUserNames } from './KubernetesUserNames';
import { SecretBox } from './SecretBox';
import { SigningKeys } from './SigningKeys';
import { UserDirectory } from './UserDirectory';
import { DatabaseUserRevocationStore } from './UserRevocationStore';

jest.setTimeout(60_000);

const JANE = mockCredentials.user('user:default/jane');
const PORTAL = 'https://portal.example.com/api/kubernetes-audit';
/** In the middle of a second. */
const NOW = Date.parse('2026-11-22T02:00:00.400Z');
const everybody: Authorizer = {
  isAllowed: async () => true,
  require: async () => {},
  visible: async () => undefined,
};

async function setUp(knex: Knex) {
  const clock = { now: NOW };
  const now = () => clock.now;
  const config = readKubernetesAuditConfig(
    mockServices.rootConfig({
      data: {
        kubernetesAudit: {
          credentials: { lifetime: '2h', proxyGroup: 'edge' },
        },
      },
    }),
  );
  const logger = mockServices.logger.mock();
  const authorizer = everybody;
  const credentials = DatabaseCredentialStore.create(knex);
  const revocations = DatabaseUserRevocationStore.create(knex);
  const heartbeats = DatabaseHeartbeatStore.create({ knex, now });
  const keys = await SigningKeys.create({
    knex,
    box: SecretBox.create('a secret of some length'),
    now,
  });
  const access = AccessService.create({
    users: UserDirectory.create({
      auth: mockServices.auth(),
      userInfo: mockServices.userInfo(),
      catalog: catalogServiceMock(),
      logger,
    }),
    userNames: KubernetesUserNames.create({ knex, config }),
    agents: AgentDirectory.create({ heartbeats, authorizer, agents: [] }),
    credentials,
    revocations,
    rotation: KeyRotation.create({
      keys,
      credentials,
      heartbeats,
      periodMs: undefined,
      logger,
      now,
    }),
    issuer: CredentialIssuer.create({
      keys,
      revocations,
      issuer: PORTAL,
      audience: config.credentials.proxyGroup,
      now,
    }),
    authorizer,
    config,
    portal: PORTAL,
    now,
  });
  return {
    clock,
    access,
    issue: async () => {
      const { kubeconfig } = await access.issueKubeconfig(JANE, {
        credential: 'token',
        execApiVersion: 'v1',
      });
      return decodeJwt(parse(kubeconfig).users[0].user.token);
    },
    /** As proxies decide it. */
    isRevoked: async ({ iat = 0 }: { iat?: number }) =>
      (await revocations.listForBundle(new Date(clock.now))).some(
        ({ issuedBefore }) => iat < issuedBefore,
      ),
  };
}

describe('AccessService', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    it('issues credentials for the configured proxies and time', async () => {
      const { issue } = await setUp(
        await migratedDatabase(databases, databaseId),
      );
      expect(await issue()).toMatchObject({
        iss: PORTAL,
        aud: 'edge',
        sub: 'user:default/jane',
        iat: Math.floor(NOW / 1000),
        exp: Math.floor(NOW / 1000) + 2 * 60 * 60,
      });
    });

    it('tells apart what was issued before and after a revocation in the same second', async () => {
      const { clock, access, issue, isRevoked } = await setUp(
        await migratedDatabase(databases, databaseId),
      );
      const before = await issue();
      clock.now += 100;
      await access.revokeUser(JANE, 'user:default/jane');
      clock.now += 100;
      const after = await issue();
      expect(await isRevoked(before)).toBe(true);
      expect(await isRevoked(after)).toBe(false);
      expect(after.exp).toBe(before.exp);

      clock.now += 100;
      await access.revokeUser(JANE, 'user:default/jane');
      clock.now += 100;
      const last = await issue();
      expect(await isRevoked(after)).toBe(true);
      expect(await isRevoked(last)).toBe(false);
    });
  });
});
