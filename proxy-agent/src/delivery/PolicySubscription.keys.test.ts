import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { until } from '../../test/TestProxy';
import {
  endorse,
  KeyPair,
  makeKey,
  SigningPortal,
} from './__testUtils__/SigningPortal';
import { PolicySubscription } from './PolicySubscription';

describe('PolicySubscription trusts', () => {
  let directory: string;
  let first: KeyPair;
  let second: KeyPair;
  let third: KeyPair;
  let portal: SigningPortal;
  let subscription: PolicySubscription;
  let log: string[];

  const start = (trustAnchors?: string[]) => {
    log = [];
    subscription = PolicySubscription.create({
      portal,
      directory,
      trustAnchors,
      logger: pino({ level: 'warn' }, { write: line => log.push(line) }),
    });
    subscription.start();
  };
  const untilInForce = () =>
    until(
      () => subscription.bundle?.version === portal.version,
      `policy ${portal.version}`,
    );
  const untilRefused = () =>
    until(
      () => log.some(line => line.includes('fetching the policy failed')),
      'the refusal',
    );

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'policy-keys-'));
    [first, second, third] = await Promise.all([
      makeKey(),
      makeKey(),
      makeKey(),
    ]);
    portal = new SigningPortal(first);
  });
  afterEach(async () => {
    await subscription.stop();
    rmSync(directory, { recursive: true });
  });

  it('the keys that the policy in force names', async () => {
    start();
    await untilInForce();
    portal.publish([first, second], first);
    await untilInForce();
    portal.publish([second], second);
    await untilInForce();
    expect(subscription.bundle?.keys).toEqual([second.jwk]);
  });

  it('no other key, and keeps what is in force', async () => {
    start();
    await untilInForce();
    const { version } = portal;
    portal.publish([first, second], second);
    await untilRefused();
    expect(subscription.bundle?.version).toBe(version);
    portal.publish([first, second], first);
    await untilInForce();
  });

  it('after a time away the keys that were endorsed since', async () => {
    start();
    await untilInForce();
    await subscription.stop();
    const chain = [await endorse(second, first), await endorse(third, second)];
    portal.publish([third], third, chain);
    start();
    expect(subscription.bundle?.keys).toEqual([first.jwk]);
    await untilInForce();
    expect(subscription.bundle?.keys).toEqual([third.jwk]);
  });

  it('after a time away no key that an unknown one endorsed', async () => {
    start();
    await untilInForce();
    await subscription.stop();
    portal.publish([third], third, [await endorse(third, second)]);
    start();
    await untilRefused();
    expect(subscription.bundle?.keys).toEqual([first.jwk]);
  });

  it('at first a key that an anchor endorsed', async () => {
    const chain = [await endorse(second, first), await endorse(third, second)];
    portal.publish([third], third, chain);
    start([first.jwk.kid]);
    await untilInForce();
    expect(subscription.bundle?.keys).toEqual([third.jwk]);
  });

  it('at first no key that no anchor endorsed', async () => {
    portal.publish([third], third, [await endorse(second, first)]);
    start([first.jwk.kid]);
    await untilRefused();
    expect(subscription.bundle).toBeUndefined();
  });

  it('at first an anchor alone, whatever else the portal publishes', async () => {
    portal.publish([first, second], second);
    start([first.jwk.kid]);
    await untilRefused();
    expect(subscription.bundle).toBeUndefined();
    portal.publish([first, second], first);
    await untilInForce();
  });
});
