import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { randomUUID } from 'node:crypto';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import { DatabaseHeartbeatStore } from '../agents';
import { DatabaseCredentialStore } from './CredentialStore';
import {
  KeyRotation,
  MAX_PUBLISHING_MS,
  PUBLISHING_MS,
  RETIREMENT_GRACE_MS,
} from './KeyRotation';
import { SecretBox } from './SecretBox';
import { SigningKeys } from './SigningKeys';

jest.setTimeout(60_000);

const START = Date.parse('2026-11-22T02:00:00.000Z');
const HOUR_MS = 60 * 60_000;
const PERIOD_MS = 30 * 24 * HOUR_MS;

async function replica(knex: Knex, clock: { now: number }) {
  const now = () => clock.now;
  const credentials = DatabaseCredentialStore.create(knex);
  const heartbeats = DatabaseHeartbeatStore.create({ knex, now });
  const keys = await SigningKeys.create({
    knex,
    box: SecretBox.create('a secret of some length'),
    now,
  });
  const rotation = KeyRotation.create({
    keys,
    credentials,
    heartbeats,
    periodMs: PERIOD_MS,
    logger: mockServices.logger.mock(),
    now,
  });
  return {
    keys,
    rotation,
    signingKid: async () => (await keys.getSigningKey()).kid,
    publicKids: async () =>
      (await keys.listPublicKeys()).map(({ kid }) => kid).reverse(),
    /** A credential of which the portal knows, from now on. */
    issue: (lifetimeMs: number) =>
      credentials.add({
        id: randomUUID(),
        userEntityRef: 'user:default/guest',
        issuedAt: new Date(clock.now).toISOString(),
        expiresAt: new Date(clock.now + lifetimeMs).toISOString(),
      }),
    beat: (id: string, bundleVersion?: number, kind?: 'tunnel') =>
      heartbeats.record(id, {
        kind: kind ?? 'proxy',
        version: '1.0.0',
        clusters: [],
        bundleVersion,
      }),
  };
}

describe('KeyRotation', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    async function setUp() {
      const knex = await migratedDatabase(databases, databaseId);
      const clock = { now: START };
      return { knex, clock, ...(await replica(knex, clock)) };
    }

    it('publishes a key, lets it sign, and retires the one before when its last credential has expired', async () => {
      const { clock, rotation, issue, signingKid, publicKids } = await setUp();
      const first = await signingKid();
      await issue(12 * HOUR_MS);
      const { kid: second } = await rotation.rotate();
      expect(await publicKids()).toEqual([first, second]);

      clock.now = START + PUBLISHING_MS - 1;
      await rotation.advance();
      expect(await signingKid()).toBe(first);
      // A credential that outlives the others.
      await issue(24 * HOUR_MS);
      const lastExpiry = clock.now + 24 * HOUR_MS;

      clock.now = START + PUBLISHING_MS;
      await rotation.advance();
      expect(await signingKid()).toBe(second);
      expect(await publicKids()).toEqual([first, second]);

      clock.now = lastExpiry + RETIREMENT_GRACE_MS - 1;
      await rotation.advance();
      expect(await publicKids()).toEqual([first, second]);
      clock.now = lastExpiry + RETIREMENT_GRACE_MS;
      await rotation.advance();
      expect(await publicKids()).toEqual([second]);
      expect(await signingKid()).toBe(second);
    });

    it('retires a key that signed no credential after a while', async () => {
      const { clock, rotation, publicKids } = await setUp();
      const { kid } = await rotation.rotate();
      clock.now += PUBLISHING_MS;
      await rotation.advance();
      clock.now += RETIREMENT_GRACE_MS;
      await rotation.advance();
      expect(await publicKids()).toEqual([kid]);
    });

    it('waits for each proxy that may still serve to have the key', async () => {
      const { clock, rotation, beat, signingKid } = await setUp();
      await beat('slow', START - 1);
      await beat('tunnel', undefined, 'tunnel');
      clock.now += 1000;
      const { kid, publishedAt } = await rotation.rotate();
      clock.now += PUBLISHING_MS;
      await beat('quick', publishedAt);
      await rotation.advance();
      expect(await signingKid()).not.toBe(kid);

      await beat('slow', publishedAt + 1);
      await rotation.advance();
      expect(await signingKid()).toBe(kid);
    });

    it('waits for no proxy for ever', async () => {
      const { clock, rotation, beat, signingKid } = await setUp();
      const { kid } = await rotation.rotate();
      clock.now += MAX_PUBLISHING_MS - 1;
      await beat('stuck', START - 1);
      await rotation.advance();
      expect(await signingKid()).not.toBe(kid);
      clock.now += 1;
      await beat('stuck', START - 1);
      await rotation.advance();
      expect(await signingKid()).toBe(kid);
    });

    it('does not wait for a proxy that has not been heard of for long', async () => {
      const { clock, rotation, beat, signingKid } = await setUp();
      await beat('gone', START - 1);
      clock.now += MAX_PUBLISHING_MS;
      const { kid } = await rotation.rotate();
      clock.now += PUBLISHING_MS;
      await rotation.advance();
      expect(await signingKid()).toBe(kid);
    });

    it('makes one key when two replicas rotate, at once or one after the other', async () => {
      const { knex, clock, rotation, publicKids } = await setUp();
      const other = await replica(knex, clock);
      const keys = await Promise.all([
        rotation.rotate(),
        other.rotation.rotate(),
        rotation.rotate(),
      ]);
      const again = await other.rotation.rotate();
      expect(new Set([...keys, again].map(({ kid }) => kid)).size).toBe(1);
      expect(await publicKids()).toHaveLength(2);

      clock.now += PUBLISHING_MS;
      await Promise.all([rotation.advance(), other.rotation.advance()]);
      expect(await other.signingKid()).toBe(again.kid);
      expect(await publicKids()).toHaveLength(2);
    });

    it.each([{ underWay: false }, { underWay: true }])(
      'replaces stolen keys at once, with a rotation under way: $underWay',
      async ({ underWay }) => {
        const { rotation, keys, signingKid, publicKids } = await setUp();
        const stolen = await signingKid();
        const published = underWay ? [(await rotation.rotate()).kid] : [];
        const { kid } = await rotation.replace();
        expect([stolen, ...published]).not.toContain(kid);
        expect(await signingKid()).toBe(kid);
        expect(await publicKids()).toEqual([kid]);
        expect(await keys.listEndorsements()).toHaveLength(
          published.length + 1,
        );
      },
    );

    it('rotates by itself when a key has signed for the period', async () => {
      const { clock, rotation, publicKids } = await setUp();
      clock.now = START + PERIOD_MS - 1;
      await rotation.advance();
      expect(await publicKids()).toHaveLength(1);
      clock.now = START + PERIOD_MS;
      await rotation.advance();
      await rotation.advance();
      expect(await publicKids()).toHaveLength(2);
    });
  });
});
