import {
  mockCredentials,
  mockServices,
  TestDatabases,
} from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { decodeJwt } from 'jose';
import type { Knex } from 'knex';
import type { LoginAnswer } from 'backstage-plugin-kubernetes-audit-common';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import {
  CredentialIssuer,
  DatabaseCredentialStore,
  DatabaseUserRevocationStore,
  KubernetesUserNames,
  SecretBox,
  SigningKeys,
  UserDirectory,
} from '../access';
import type { Authorizer } from '../authorization';
import { readKubernetesAuditConfig } from '../config';
import { LoginRequests } from './LoginRequests';
import { LoginService } from './LoginService';
import { DatabaseLoginStore } from './LoginStore';

jest.setTimeout(60_000);

const JANE = mockCredentials.user('user:default/jane');
const JOHN = mockCredentials.user('user:default/john');
const NOW = Date.parse('2026-11-22T02:00:00.000Z');
const HOUR = 3600_000;
const DAY = 24 * HOUR;
const IP = '192.0.2.1';
const everybody: Authorizer = {
  isAllowed: async () => true,
  require: async () => {},
  visible: async () => undefined,
};

const janeIn = (...groups: string[]): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'User',
  metadata: { name: 'jane', namespace: 'default' },
  spec: { profile: { email: 'jane@example.com' } },
  relations: groups.map(group => ({
    type: 'memberOf',
    targetRef: `group:default/${group}`,
  })),
});

async function setUp(knex: Knex) {
  const clock = { now: NOW };
  const now = () => clock.now;
  const config = readKubernetesAuditConfig(mockServices.rootConfig());
  const catalog = catalogServiceMock.mock();
  catalog.getEntityByRef.mockResolvedValue(janeIn('developers'));
  const logger = mockServices.logger.mock();
  const auditor = mockServices.auditor.mock();
  auditor.createEvent.mockResolvedValue({
    success: async () => {},
    fail: async () => {},
  });
  const credentials = DatabaseCredentialStore.create(knex);
  const revocations = DatabaseUserRevocationStore.create(knex);
  const keys = await SigningKeys.create({
    knex,
    box: SecretBox.create('a secret of some length'),
    now,
  });
  const store = DatabaseLoginStore.create(knex);
  const users = UserDirectory.create({
    auth: mockServices.auth(),
    userInfo: mockServices.userInfo({
      ownershipEntityRefs: ['group:default/developers'],
    }),
    catalog,
    logger,
  });
  const requests = LoginRequests.create({
    store,
    users,
    userNames: KubernetesUserNames.create({ knex, config }),
    authorizer: everybody,
    page: 'https://portal.example.com/kubernetes-access',
    now,
  });
  const logins = LoginService.create({
    store,
    users,
    credentials,
    revocations,
    issuer: CredentialIssuer.create({
      keys,
      revocations,
      issuer: 'portal',
      audience: 'default',
      now,
    }),
    auditor,
    lifetimeMs: 7 * DAY,
    tokenLifetimeMs: HOUR,
    unconfirmedGroupsMs: 12 * HOUR,
    now,
  });
  const begin = async () => {
    const device = await requests.begin({ hostName: 'laptop' }, IP);
    return { ...device, code: device.userCode.replace('-', '') };
  };
  const poll = async (deviceCode: string) => {
    clock.now += 2000;
    return logins.poll(deviceCode);
  };
  return {
    knex,
    clock,
    catalog,
    requests,
    logins,
    credentials,
    revocations,
    begin,
    poll,
    /** Signs in with approval. */
    signIn: async () => {
      const { deviceCode, code } = await begin();
      await requests.approve(JANE, code);
      return granted(await poll(deviceCode));
    },
    recorded: () =>
      auditor.createEvent.mock.calls.map(([{ eventId }]) => eventId),
  };
}

function granted(answer: LoginAnswer) {
  if (answer.state !== 'granted') {
    throw new Error(`the portal answered ${answer.state}`);
  }
  return { ...answer, claims: decodeJwt(answer.token) };
}

describe('LoginService', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    const start = async () =>
      setUp(await migratedDatabase(databases, databaseId));

    it('gives a token once, to the device whose code its user approved', async () => {
      const { clock, credentials, begin, poll, recorded, requests } =
        await start();
      const { deviceCode, code, userCode, verificationUriComplete } =
        await begin();
      expect(userCode).toMatch(/^[B-Z]{4}-[B-Z]{4}$/);
      expect(verificationUriComplete).toBe(
        `https://portal.example.com/kubernetes-access?login=${userCode}`,
      );
      expect(await poll(deviceCode)).toMatchObject({ state: 'pending' });
      expect(await requests.find(JANE, code, '192.0.2.9')).toEqual({
        userCode,
        hostName: 'laptop',
        clientIp: IP,
        isSameAddress: false,
        requestedAt: new Date(NOW).toISOString(),
        expiresAt: new Date(NOW + 600_000).toISOString(),
      });
      await requests.approve(JANE, code);
      await expect(requests.approve(JOHN, code)).rejects.toThrow('No login');
      const { claims, loginExpiresAt } = granted(await poll(deviceCode));
      expect(claims).toMatchObject({
        sub: 'user:default/jane',
        kubernetesUser: 'jane',
        email: 'jane@example.com',
        groups: ['user:default/jane', 'group:default/developers'],
      });
      expect(Number(claims.exp) - Number(claims.iat)).toBe(3600);
      const { items } = await credentials.list(
        { userEntityRef: 'user:default/jane', limit: 10 },
        new Date(clock.now),
      );
      expect(items).toEqual([
        {
          id: claims.jti,
          userEntityRef: 'user:default/jane',
          kind: 'login',
          hostName: 'laptop',
          clientIp: IP,
          issuedAt: expect.any(String),
          expiresAt: loginExpiresAt,
        },
      ]);
      expect(await poll(deviceCode)).toEqual({ state: 'expired' });
      expect(recorded()).toEqual(['login-issue']);
    });

    it('keeps no code and no secret as it is', async () => {
      const { knex, begin, poll, requests } = await start();
      const { deviceCode, code } = await begin();
      const kept = async () =>
        JSON.stringify([
          await knex('login_requests').select(),
          await knex('logins').select(),
          await knex('credentials').select(),
        ]);
      expect(await kept()).not.toContain(code);
      expect(await kept()).not.toContain(deviceCode.split('.')[1]);
      await requests.approve(JANE, code);
      const { renewalSecret, token } = granted(await poll(deviceCode));
      expect(await kept()).not.toContain(renewalSecret.split('.')[1]);
      expect(await kept()).not.toContain(token);
    });

    it('gives nothing after a denial, after ten minutes, and to who guesses', async () => {
      const { clock, begin, poll, requests } = await start();
      const denied = await begin();
      await requests.deny(JANE, denied.code);
      expect(await poll(denied.deviceCode)).toEqual({ state: 'denied' });
      await expect(requests.approve(JANE, denied.code)).rejects.toThrow();

      const late = await begin();
      clock.now += 600_000;
      await expect(requests.approve(JANE, late.code)).rejects.toThrow(
        'No login',
      );
      expect(await poll(late.deviceCode)).toEqual({ state: 'expired' });

      const mine = await begin();
      const [id] = mine.deviceCode.split('.');
      expect(await poll(`${id}.guessed`)).toEqual({ state: 'expired' });
      expect(await poll('no code')).toEqual({ state: 'expired' });
      expect(await poll(mine.deviceCode)).toMatchObject({ state: 'pending' });
    });

    it('slows down who polls too often', async () => {
      const { clock, logins, begin, poll } = await start();
      const { deviceCode } = await begin();
      await poll(deviceCode);
      clock.now += 100;
      expect(await logins.poll(deviceCode)).toEqual({
        state: 'pending',
        intervalSeconds: 5,
      });
      expect(await poll(deviceCode)).toMatchObject({ intervalSeconds: 2 });
    });

    it('takes the addresses of an IPv6 network for one', async () => {
      const { requests } = await start();
      const beginAt = (address: string) =>
        requests.begin({ hostName: 'laptop' }, address);
      for (let n = 0; n < 20; n++) {
        await beginAt(`2001:db8::${n.toString(16)}`);
      }
      await expect(beginAt('2001:db8:0:0:ffff::1')).rejects.toThrow(
        'try again later',
      );
      await beginAt('2001:db8:0:1::1');
    });

    it('lets so many wait from one address, and a user be wrong so often', async () => {
      const { clock, begin, requests } = await start();
      for (let i = 0; i < 20; i++) {
        await begin();
      }
      await expect(begin()).rejects.toThrow('try again later');
      await requests.begin({ hostName: 'other' }, '192.0.2.2');
      clock.now += 600_000;
      const { code } = await begin();

      for (let i = 0; i < 10; i++) {
        await expect(requests.find(JANE, 'BBBBBBBB', IP)).rejects.toThrow(
          'No login',
        );
      }
      await expect(requests.approve(JANE, code)).rejects.toThrow(
        'try again later',
      );
      await requests.approve(JOHN, code);
    });

    it('renews with a secret that changes, and ends the login when an old one comes back', async () => {
      const { clock, logins, credentials, signIn, recorded } = await start();
      const first = await signIn();
      clock.now += HOUR;
      const second = granted(await logins.renew(first.renewalSecret));
      expect(second.claims.jti).toBe(first.claims.jti);
      expect(Number(second.claims.exp)).toBe(
        Math.floor(clock.now / 1000) + 3600,
      );
      // The answer may have got lost.
      clock.now += 30_000;
      const again = granted(await logins.renew(first.renewalSecret));
      clock.now += HOUR;
      const third = granted(await logins.renew(again.renewalSecret));
      expect(await logins.renew(first.renewalSecret)).toEqual({
        state: 'expired',
      });
      expect(await logins.renew(third.renewalSecret)).toEqual({
        state: 'expired',
      });
      const { items } = await credentials.list(
        { state: 'ended', limit: 10 },
        new Date(clock.now),
      );
      expect(items).toMatchObject([{ revokedAt: expect.any(String) }]);
      expect(recorded()).toContain('login-reuse');
    });

    it('ends with its time, its revocation, and that of its user', async () => {
      const { clock, logins, credentials, revocations, signIn } = await start();
      const old = await signIn();
      clock.now += 7 * DAY - HOUR / 2;
      const last = granted(await logins.renew(old.renewalSecret));
      // Whole seconds, as the claims have them.
      expect(Date.parse(last.expiresAt)).toBeLessThanOrEqual(
        Date.parse(last.loginExpiresAt),
      );
      clock.now += HOUR;
      expect(await logins.renew(last.renewalSecret)).toEqual({
        state: 'expired',
      });

      const revoked = await signIn();
      await credentials.revoke(String(revoked.claims.jti), new Date(clock.now));
      expect(await logins.renew(revoked.renewalSecret)).toEqual({
        state: 'expired',
      });

      const ended = await signIn();
      await logins.end(ended.renewalSecret);
      expect(await logins.renew(ended.renewalSecret)).toEqual({
        state: 'expired',
      });

      const gone = await signIn();
      clock.now += 1000;
      await revocations.revoke('user:default/jane', new Date(clock.now), HOUR);
      expect(await logins.renew(gone.renewalSecret)).toEqual({
        state: 'expired',
      });
      // The tokens of a login are newer than it: its id is told one by one.
      expect(await credentials.listRevoked(new Date(clock.now))).toContain(
        gone.claims.jti,
      );
    });

    it('gives nothing for an approval before all access of the user was taken back', async () => {
      const { clock, revocations, begin, poll, requests } = await start();
      const { deviceCode, code } = await begin();
      await requests.approve(JANE, code);
      await revocations.revoke('user:default/jane', new Date(clock.now), HOUR);
      expect(await poll(deviceCode)).toEqual({ state: 'denied' });
    });

    it('reads the groups anew, keeps them for a while, and ends with the user', async () => {
      const { clock, catalog, logins, signIn } = await start();
      const first = await signIn();
      catalog.getEntityByRef.mockResolvedValue(janeIn('operators'));
      const second = granted(await logins.renew(first.renewalSecret));
      expect(second.claims.groups).toEqual([
        'user:default/jane',
        'group:default/operators',
      ]);

      catalog.getEntityByRef.mockRejectedValue(new Error('down'));
      clock.now += 12 * HOUR;
      const third = granted(await logins.renew(second.renewalSecret));
      expect(third.claims.groups).toEqual(second.claims.groups);
      clock.now += 1000;
      await expect(logins.renew(third.renewalSecret)).rejects.toThrow(
        'does not tell the groups',
      );

      catalog.getEntityByRef.mockResolvedValue(undefined);
      expect(await logins.renew(third.renewalSecret)).toEqual({
        state: 'expired',
      });
    });
  });
});
