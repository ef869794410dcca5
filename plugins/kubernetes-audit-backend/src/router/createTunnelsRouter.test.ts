import {
  createMockDirectory,
  mockServices,
} from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import {
  agentManagePermission,
  joinProofText,
  JoinToken,
  parseJoinToken,
} from 'backstage-plugin-kubernetes-audit-common';
import { bundleOf } from '../__testUtils__/startAccess';
import {
  agentHeaders,
  BASE,
  startPlugin,
  userHeaders,
} from '../__testUtils__/startPlugin';

jest.setTimeout(60_000);

type Backend = Awaited<ReturnType<typeof startPlugin>>;

const INSTANCES = [
  '019aa000-0000-7000-b000-00000000000a',
  '019aa000-0000-7000-b000-00000000000b',
];
const WANTED = { name: 'edge-1', tags: { site: 'fra1' }, clusters: ['edge*'] };

async function newKey() {
  const { publicKey } = generateKeyPairSync('ed25519');
  const { kty = '', crv, x } = publicKey.export({ format: 'jwk' });
  const jwk = { kty, crv, x };
  return { ...jwk, alg: 'EdDSA', kid: await calculateJwkThumbprint(jwk) };
}

type Key = Awaited<ReturnType<typeof newKey>>;

function joinOf({ id, secret }: JoinToken, key: Key) {
  const proof = createHmac('sha256', secret)
    .update(joinProofText(id, key.kid))
    .digest('base64url');
  return { tokenId: id, key, proof };
}

async function issue({ api }: Backend, wanted: object = WANTED) {
  const { body } = await api
    .post(`${BASE}/v1/tunnels/tokens`)
    .set(userHeaders())
    .send(wanted)
    .expect(200);
  return parseJoinToken(body.token);
}

const join = ({ api }: Backend, body: object) =>
  api.post(`${BASE}/v1/agent/tunnels/join`).set(agentHeaders()).send(body);

/** What the policy says of agents, when it says it of so many: it is a moment behind. */
async function tunnelsOf(backend: Backend, count: number) {
  for (;;) {
    const { tunnels } = await bundleOf(backend);
    if (tunnels?.length === count) {
      return tunnels;
    }
  }
}

describe('tunnel routes', () => {
  const directory = createMockDirectory();
  const start = () => startPlugin({ recordings: directory.path });

  it('let an agent join once, with what the token fixes, and name its key in the policy', async () => {
    const backend = await start();
    expect(await tunnelsOf(backend, 0)).toEqual([]);
    const token = await issue(backend);
    expect(token).toMatchObject(WANTED);
    const key = await newKey();
    const body = { ...joinOf(token, key), name: 'other', tags: { site: 'x' } };
    const joined = await join(backend, body).expect(200);
    expect(joined.body).toEqual(WANTED);
    expect(await tunnelsOf(backend, 1)).toEqual([{ ...WANTED, key }]);

    // The answer may have got lost.
    await join(backend, body).expect(200);
    const replayed = await join(backend, joinOf(token, await newKey()));
    expect(replayed.status).toBe(403);
    expect(replayed.body.error.message).toContain('was used already');
    const joins = backend.audited.filter(
      ({ eventId }) => eventId === 'tunnel-join',
    );
    expect(joins.map(({ status }) => status)).toEqual([
      'succeeded',
      'succeeded',
      'failed',
    ]);
  });

  it('refuse another secret, another key than the proven one, and tokens that are not known', async () => {
    const backend = await start();
    const token = await issue(backend);
    const mine = joinOf(token, await newKey());
    const wrongSecret = joinOf(
      { ...token, secret: 'x'.repeat(43) },
      await newKey(),
    );
    expect((await join(backend, wrongSecret)).status).toBe(403);
    const ofRelay = { ...mine, key: await newKey() };
    expect((await join(backend, ofRelay)).status).toBe(403);
    const unknown = { ...mine, tokenId: INSTANCES[0] };
    expect((await join(backend, unknown)).status).toBe(403);
    const rsa = { ...mine, key: { ...mine.key, kty: 'RSA' } };
    expect((await join(backend, rsa)).status).toBe(400);
    // Anybody can try: that would fill the audit log.
    expect(backend.audited.map(({ eventId }) => eventId)).toEqual([
      'tunnel-token-issue',
    ]);
    await join(backend, mine).expect(200);
  });

  it('revoke an agent, which may join anew with another token', async () => {
    const backend = await start();
    const { api } = backend;
    const before = joinOf(await issue(backend), await newKey());
    await join(backend, before).expect(200);
    const revoke = (user: string) =>
      api.delete(`${BASE}/v1/tunnels/edge-1`).set(userHeaders(user));
    expect((await revoke('jane')).status).toBe(403);
    await revoke('admin').expect(204);
    expect(await tunnelsOf(backend, 0)).toEqual([]);
    expect((await revoke('admin')).status).toBe(404);
    // The token that it had does not let it in again, nor does it tell it so.
    expect((await join(backend, before)).status).toBe(403);
    expect(await tunnelsOf(backend, 0)).toEqual([]);
    const key = await newKey();
    await join(backend, joinOf(await issue(backend), key)).expect(200);
    expect(await tunnelsOf(backend, 1)).toMatchObject([{ key }]);
    // Another one has its name.
    expect((await join(backend, before)).status).toBe(403);
  });

  it('list the tokens that wait for an agent, without their secrets, and take one back', async () => {
    const backend = await start();
    const { api } = backend;
    const listed = async () => {
      const { body } = await api
        .get(`${BASE}/v1/tunnels/tokens`)
        .set(userHeaders())
        .expect(200);
      return body.items;
    };
    const revoke = (id: string) =>
      api.delete(`${BASE}/v1/tunnels/tokens/${id}`).set(userHeaders());
    const first = await issue(backend, { ...WANTED, lifetimeSeconds: 7200 });
    const second = await issue(backend, { ...WANTED, name: 'edge-2' });
    expect(await listed()).toEqual(
      [second, first].map(({ secret: _, ...fixed }) => ({
        ...fixed,
        createdBy: 'user:default/admin',
        expiresAt: expect.stringMatching(/Z$/),
      })),
    );

    await revoke(first.id).expect(204);
    const late = await join(backend, joinOf(first, await newKey()));
    expect(late.status).toBe(403);
    expect((await revoke(first.id)).status).toBe(404);

    await join(backend, joinOf(second, await newKey())).expect(200);
    expect(await listed()).toEqual([]);
    // What was used is revoked by way of its agent.
    expect((await revoke(second.id)).status).toBe(404);
    expect((await revoke('edge-2')).status).toBe(400);
  });

  it('tell who may see agents whether they may manage them, too', async () => {
    const { api } = await startPlugin({
      recordings: directory.path,
      config: { permission: { enabled: true } },
      features: [
        mockServices.permissions.mock({
          authorize: async requests =>
            requests.map(({ permission }) => ({
              result:
                permission.name === agentManagePermission.name
                  ? AuthorizeResult.DENY
                  : AuthorizeResult.ALLOW,
            })),
        }).factory,
      ],
    });
    const { body } = await api.get(`${BASE}/v1/agents`).set(userHeaders());
    expect(body).toEqual({ items: [], tunnels: [], mayManage: false });
  });

  it('are for who manages agents, and joins for proxies alone', async () => {
    const backend = await start();
    const { api, audited } = backend;
    const tokens = api.post(`${BASE}/v1/tunnels/tokens`);
    expect((await tokens.set(userHeaders('jane')).send(WANTED)).status).toBe(
      403,
    );
    expect(audited.map(({ eventId, status }) => [eventId, status])).toEqual([
      ['tunnel-token-issue', 'failed'],
    ]);
    const body = joinOf(await issue(backend), await newKey());
    const byUser = await api
      .post(`${BASE}/v1/agent/tunnels/join`)
      .set(userHeaders())
      .send(body);
    expect(byUser.status).toBe(403);
    const bad = api.post(`${BASE}/v1/tunnels/tokens`).set(userHeaders());
    expect((await bad.send({ ...WANTED, tags: {} })).status).toBe(400);
  });

  it('tell of agents where they are connected, and proxies of those beside them', async () => {
    const backend = await start();
    const { api } = backend;
    await join(backend, joinOf(await issue(backend), await newKey()));
    const tunnel = {
      name: 'edge-1',
      version: '1.0.0',
      connectedAt: '2026-11-22T02:00:00.000Z',
      clusters: [],
      roundTripMs: 3.5,
      streams: 2,
      receivedBytes: 10,
      sentBytes: 20,
      reconnects: 1,
      draining: false,
    };
    const beat = (agent: string, instance: string, publicUrl: string) =>
      api
        .post(`${BASE}/v1/agent/heartbeat`)
        .set(agentHeaders(agent))
        .send({
          version: '1',
          clusters: [],
          instance,
          publicUrl,
          tunnels: [tunnel],
        })
        .expect(200);
    const url = 'https://proxy.example.com:6443';
    const first = await beat('demo-proxy', INSTANCES[0], url);
    expect(first.body).toEqual({ instances: [INSTANCES[0]] });
    const second = await beat('other', INSTANCES[1], url);
    expect(second.body).toEqual({ instances: INSTANCES });
    const elsewhere = await beat('other', INSTANCES[1], 'https://b.example');
    expect(elsewhere.body).toEqual({ instances: [INSTANCES[1]] });

    const { body } = await api.get(`${BASE}/v1/agents`).set(userHeaders());
    expect(body.tunnels).toEqual([
      {
        ...WANTED,
        joinedAt: expect.stringMatching(/Z$/),
        connections: [
          { ...tunnel, proxy: 'demo-proxy' },
          { ...tunnel, proxy: 'other' },
        ],
      },
    ]);
    expect(body.mayManage).toBe(true);
  });
});
