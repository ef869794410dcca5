import {
  exportJWK,
  generateKeyPair,
  GenerateKeyPairResult,
  KeyLike,
  SignJWT,
} from 'jose';
import type { PolicyBundle } from 'backstage-plugin-kubernetes-audit-common';
import { CredentialVerifier } from './CredentialVerifier';

const NOW = Date.parse('2026-11-22T02:00:00.000Z');
const SECOND = NOW / 1000;
/** Requests come over the same one. */
const CONNECTION = {};
/** By so much the clocks of portal and proxy may differ. */
const CLOCK_TOLERANCE_MS = 60_000;
/** Whose it was is told also of one that is good no more. */
const OF_JANE = expect.objectContaining({ sub: 'user:default/jane' });
const REVOKED = {
  ok: false,
  reason: 'the credential was revoked; get a new one from the portal',
  claims: OF_JANE,
};
const FOREIGN = {
  ok: false,
  reason: 'the credential is not one that this portal issued for this proxy',
};
const EXPIRED = {
  ok: false,
  reason: 'the credential has expired; get a new one from the portal',
  claims: OF_JANE,
};

describe('CredentialVerifier', () => {
  let keys: Record<'ES256' | 'EdDSA', GenerateKeyPairResult<KeyLike>>;
  let policy: Pick<PolicyBundle, 'issuer' | 'keys' | 'revocations'>;
  let now: number;
  let verifier: CredentialVerifier;

  beforeAll(async () => {
    keys = {
      ES256: await generateKeyPair('ES256'),
      EdDSA: await generateKeyPair('EdDSA'),
    };
  });
  beforeEach(async () => {
    now = NOW;
    policy = {
      issuer: 'portal',
      keys: await Promise.all(
        Object.entries(keys).map(async ([alg, { publicKey }]) => ({
          ...(await exportJWK(publicKey)),
          kty: alg === 'ES256' ? 'EC' : 'OKP',
          kid: alg,
          alg,
        })),
      ),
      revocations: { credentials: [], users: [] },
    };
    verifier = CredentialVerifier.create({ audience: 'edge', now: () => now });
    verifier.usePolicy(policy);
  });

  const issue = async (
    claims: Record<string, unknown> = {},
    alg: 'ES256' | 'EdDSA' = 'ES256',
  ) => {
    const token = await new SignJWT({
      iss: 'portal',
      aud: 'edge',
      sub: 'user:default/jane',
      jti: 'credential-1',
      iat: SECOND,
      exp: SECOND + 3600,
      kubernetesUser: 'jane',
      groups: ['group:default/developers'],
      ...claims,
    })
      .setProtectedHeader({ alg, kid: alg })
      .sign(keys[alg].privateKey);
    return `Bearer ${token}`;
  };
  const verify = async (...options: Parameters<typeof issue>) =>
    verifier.authenticate(await issue(...options), {});

  it.each(['ES256', 'EdDSA'] as const)('accepts %s', async alg => {
    expect(await verify({}, alg)).toMatchObject({
      ok: true,
      subjects: ['user:default/jane', 'group:default/developers'],
    });
  });

  it.each([
    [{ aud: 'default' }],
    [{ iss: 'another portal' }],
    [{ jti: undefined }],
    [{ kubernetesUser: '' }],
  ])('refuses %j', async claims => {
    expect(await verify(claims)).toEqual(FOREIGN);
  });

  it('accepts one of several audiences', async () => {
    expect(await verify({ aud: ['core', 'edge'] })).toMatchObject({ ok: true });
  });

  it('refuses a key that the policy no longer names', async () => {
    verifier.usePolicy({
      ...policy,
      keys: policy.keys.filter(({ kid }) => kid === 'EdDSA'),
    });
    expect(await verify()).toEqual(FOREIGN);
    expect(await verify({}, 'EdDSA')).toMatchObject({ ok: true });
  });

  it('accepts a credential until it expires, also one that it remembers', async () => {
    const authorization = await issue();
    const authenticate = () => verifier.authenticate(authorization, CONNECTION);
    expect(await authenticate()).toMatchObject({ ok: true });
    // The clocks of portal and proxy may differ, whether it is remembered or not.
    now = NOW + 3_600_000 + CLOCK_TOLERANCE_MS - 1000;
    expect(await authenticate()).toMatchObject({ ok: true });
    expect(await verify({ jti: 'another' })).toMatchObject({ ok: true });
    now += 1000;
    expect(await authenticate()).toEqual(EXPIRED);
    expect(await verify()).toEqual(EXPIRED);
  });

  it('goes by the credential of each request, not by the one before on its connection', async () => {
    const jane = await issue();
    const john = await issue({ sub: 'user:default/john', jti: 'of-john' });
    for (const [authorization, sub] of [
      [jane, 'user:default/jane'],
      [john, 'user:default/john'],
      [jane, 'user:default/jane'],
    ]) {
      expect(
        await verifier.authenticate(authorization, CONNECTION),
      ).toMatchObject({ ok: true, claims: { sub } });
    }
    expect(await verifier.authenticate(`${jane}x`, CONNECTION)).toEqual(
      FOREIGN,
    );
    expect(await verifier.authenticate(undefined, CONNECTION)).toMatchObject({
      ok: false,
    });
  });

  it('accepts one that the portal dated a second ahead', async () => {
    expect(await verify({ iat: SECOND + 1 })).toMatchObject({ ok: true });
  });

  it('refuses a revoked credential, also one that it remembers', async () => {
    const authorization = await issue();
    expect(
      await verifier.authenticate(authorization, CONNECTION),
    ).toMatchObject({
      ok: true,
    });
    verifier.usePolicy({
      ...policy,
      revocations: { credentials: ['credential-1'], users: [] },
    });
    expect(await verifier.authenticate(authorization, CONNECTION)).toEqual(
      REVOKED,
    );
    expect(await verify({ jti: 'credential-2' })).toMatchObject({ ok: true });
  });

  it.each([
    ['user:default/jane', SECOND - 1, REVOKED],
    ['user:default/jane', SECOND, { ok: true }],
    ['User:default/Jane', SECOND - 1, { reason: REVOKED.reason }],
    ['user:default/john', SECOND - 1, { ok: true }],
  ])(
    'of %s, issued at %d, after a revocation of the user answers %j',
    async (sub, iat, answer) => {
      expect(await verify({ sub, iat })).toMatchObject({ ok: true });
      verifier.usePolicy({
        ...policy,
        revocations: {
          credentials: [],
          users: [{ entityRef: 'user:default/jane', issuedBefore: SECOND }],
        },
      });
      expect(await verify({ sub, iat })).toMatchObject(answer);
    },
  );
});
