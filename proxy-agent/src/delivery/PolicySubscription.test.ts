import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { AGENT_ID, AGENT_TOKEN, TestPortal } from '../../test/TestPortal';
import { until } from '../../test/TestProxy';
import { PolicySubscription } from './PolicySubscription';
import { PortalClient } from './PortalClient';

const REVOKED = { credentials: ['credential-1'], users: [] };

describe('PolicySubscription', () => {
  let directory: string;
  let portal: TestPortal;
  let client: PortalClient;
  let subscription: PolicySubscription;

  const subscribe = () =>
    PolicySubscription.create({
      portal: client,
      directory,
      trustAnchors: undefined,
      logger: pino({ level: 'silent' }),
    });
  const inForce = () => subscription.bundle?.version === portal.bundleVersion;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'policy-'));
    portal = await TestPortal.start([]);
    client = PortalClient.fromConfig({
      agentId: AGENT_ID,
      url: portal.url,
      token: AGENT_TOKEN,
    });
    subscription = subscribe();
  });
  afterEach(async () => {
    await subscription.stop();
    await client.close();
    await portal.stop();
    rmSync(directory, { recursive: true });
  });

  it('knows after a restart what the portal said before', async () => {
    expect(subscription.confirmedAt).toBeUndefined();
    subscription.start();
    await until(inForce, 'the policy');
    await until(() => !subscription.fromCache, 'the confirmation');
    await subscription.stop();

    subscription = subscribe();
    expect(inForce()).toBe(true);
    expect(subscription.fromCache).toBe(true);
    expect(subscription.confirmedAt).toBeGreaterThan(Date.now() - 60_000);
  });

  it('says what the portal said last, until it gives a policy, and never the token', async () => {
    const settled = (failure: string | undefined) =>
      until(() => subscription.failure === failure, `the failure ${failure}`);
    expect(subscription.failure).toBeUndefined();
    portal.outage = 401;
    portal.outageMessage = `Illegal token ${AGENT_TOKEN}`;
    subscription.start();
    await settled('the portal answered 401: Illegal token …');
    portal.outage = 502;
    portal.outageMessage = undefined;
    await settled('the portal answered 502');
    portal.outage = undefined;
    await settled(undefined);
    expect(inForce()).toBe(true);
  });

  it('puts a revocation in force on a disk that cannot keep it, and keeps it when it can', async () => {
    subscription.start();
    await until(inForce, 'the policy');
    // Stands where the cache is written first.
    const obstacle = join(directory, 'bundle.json.tmp');
    mkdirSync(obstacle);
    portal.setRevocations(REVOKED);
    await until(inForce, 'the revocation');
    expect(subscription.bundle?.revocations).toEqual(REVOKED);
    expect(subscribe().bundle?.revocations).not.toEqual(REVOKED);

    rmdirSync(obstacle);
    await until(
      () => subscribe().bundle?.version === portal.bundleVersion,
      'the cache to be written',
    );
  });
});
