import { createMockDirectory } from '@backstage/backend-test-utils';
import {
  agentHeaders,
  BASE,
  startPlugin,
  userHeaders,
} from '../__testUtils__/startPlugin';

jest.setTimeout(60_000);

const BUNDLE = `${BASE}/v1/agent/bundle`;

describe('agent routes', () => {
  const directory = createMockDirectory();
  const start = () => startPlugin({ recordings: directory.path });

  it('answer 304 while the agent has the current bundle', async () => {
    const { api } = await start();
    const first = await api.get(BUNDLE).set(agentHeaders());
    expect(first.status).toBe(200);
    const known = { 'if-none-match': `"x", W/${first.headers.etag}` };
    const second = await api.get(BUNDLE).set({ ...agentHeaders(), ...known });
    expect(second.status).toBe(304);
    expect(second.headers.etag).toBe(first.headers.etag);
    const unknown = { 'if-none-match': '"x"' };
    const third = await api.get(BUNDLE).set({ ...agentHeaders(), ...unknown });
    expect(third.body).toEqual(first.body);
  });

  it('refuse users, malformed heartbeats and clusters of others', async () => {
    const { api } = await start();
    const heartbeat = (body: object, headers: object = agentHeaders()) =>
      api
        .post(`${BASE}/v1/agent/heartbeat`)
        .set({ ...headers })
        .send(body);
    const good = { version: '1', clusters: [{ name: 'demo' }] };
    expect((await heartbeat(good, userHeaders())).status).toBe(403);
    expect((await heartbeat({ version: '1' })).status).toBe(400);
    expect(
      (await heartbeat({ ...good, clusters: [{ name: 'prod' }] })).status,
    ).toBe(403);
    expect((await api.get(BUNDLE).set(userHeaders())).status).toBe(403);
    expect(
      (await api.get(BUNDLE).query({ wait: 'x' }).set(agentHeaders())).status,
    ).toBe(400);
  });

  it('show administrators the agents as they last spoke', async () => {
    const { api, audited } = await start();
    const spool = {
      epoch: '019aa000-0000-7000-b000-000000000001',
      depth: 3,
      bytes: 4096,
    };
    await api
      .post(`${BASE}/v1/agent/heartbeat`)
      .set(agentHeaders())
      .send({ version: '1.0.0', clusters: [{ name: 'demo' }], spool })
      .expect(200);
    const url = `${BASE}/v1/agents`;
    const { body } = await api.get(url).set(userHeaders());
    expect(body).toEqual({
      items: [
        {
          id: 'demo-proxy',
          kind: 'proxy',
          version: '1.0.0',
          clusters: [{ name: 'demo', tags: {} }],
          workers: 1,
          spool: { depth: 3, bytes: 4096 },
          lastSeenAt: expect.stringMatching(/Z$/),
        },
      ],
      tunnels: [],
      mayManage: true,
    });
    expect((await api.get(url).set(userHeaders('jane'))).status).toBe(403);
    expect((await api.get(url).set(agentHeaders())).status).toBe(403);
    expect(audited.map(({ status }) => status)).toEqual([
      'succeeded',
      'failed',
    ]);
  });
});
