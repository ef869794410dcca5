import { TestAuthority } from '../contract/TestAuthority';
import { TestApiServer } from '../TestApiServer';
import { TestPortal } from '../TestPortal';
import { TestProxy, until } from '../TestProxy';
import { Balancer } from './Balancer';
import { HttpProxy } from './HttpProxy';
import { TestAgent } from './TestAgent';

jest.setTimeout(60_000);

const INSTANCES = [
  '019aa000-0000-7000-b000-00000000000a',
  '019aa000-0000-7000-b000-00000000000b',
];
const ROLE = {
  name: 'developer',
  subjects: ['group:default/team'],
  clusters: ['*'],
  rules: [{ effect: 'allow' as const, resources: ['*'], verbs: ['*'] }],
};
const clusters = [{ name: 'edge', tunnel: { tags: { site: 'fra1' } } }];

describe('the addresses of proxies', () => {
  let portal: TestPortal;
  let api: TestApiServer;
  let proxies: TestProxy[];
  let agent: TestAgent | undefined;

  const statusAt = async (proxy: Pick<TestProxy, 'url'>) => {
    const answer = await fetch(
      `${proxy.url}/clusters/edge/api/v1/namespaces/dev/pods`,
      { headers: { authorization: `Bearer ${await portal.issue()}` } },
    );
    await answer.arrayBuffer();
    return answer.status;
  };
  const startAgent = async (
    url: string,
    tunnels: number,
    httpProxy?: string,
  ) => {
    agent = await TestAgent.start(
      {
        proxies: [{ url }],
        httpProxy,
        joinToken: portal.issueJoinToken('edge-1', { site: 'fra1' }),
        clusters: [{ name: 'edge', endpoint: api.url }],
        drainTimeout: '2s',
      },
      { tunnels },
    );
    return agent;
  };

  beforeEach(async () => {
    portal = await TestPortal.start([ROLE]);
    portal.instances = INSTANCES;
    api = await TestApiServer.start();
    proxies = [];
    for (const instance of INSTANCES) {
      proxies.push(await TestProxy.start(portal, { clusters }, instance));
    }
  });
  afterEach(async () => {
    await agent?.stop();
    agent = undefined;
    await Promise.all(proxies.map(proxy => proxy.stop()));
    await portal.stop();
    await api.stop();
  });

  it('that hide several proxies are dialled until each of them is connected', async () => {
    const balancer = await Balancer.start(proxies.map(({ port }) => port));
    try {
      await startAgent(balancer.url, 2);
      expect(await Promise.all(proxies.map(statusAt))).toEqual([200, 200]);
    } finally {
      await agent?.stop();
      await balancer.stop();
    }
  });

  it('that hide several proxies are dialled again when the tunnel to one of them breaks', async () => {
    const balancer = await Balancer.start(proxies.map(({ port }) => port));
    try {
      const own = await startAgent(balancer.url, 2);
      balancer.breakOne();
      // No proxy tells of anything: as far as they know, both are there.
      await until(() => own.state.begun === 3, 'another tunnel');
      expect(own.state.tunnels).toBe(2);
      expect(await Promise.all(proxies.map(statusAt))).toEqual([200, 200]);
    } finally {
      await agent?.stop();
      await balancer.stop();
    }
  });

  it('are dialled again for a proxy that came later, since those that are connected tell of it', async () => {
    portal.instances = [INSTANCES[0]];
    await until(
      () => portal.heartbeats.length > 1,
      'the proxies to know of no other',
    );
    const ports = [proxies[0].port];
    const balancer = await Balancer.start(ports);
    try {
      const only = await startAgent(balancer.url, 1);
      ports.push(proxies[1].port);
      portal.instances = INSTANCES;
      // A tunnel that comes or goes is told at once, and the answer names all.
      portal.setTunnels([...(portal.tunnels ?? [])]);
      await until(() => only.state.tunnels === 2, 'the other tunnel');
    } finally {
      await agent?.stop();
      await balancer.stop();
    }
  });

  it('that one name has in the DNS are all dialled', async () => {
    const [first, second] = proxies;
    await second.stop();
    // Neighbours, as pods behind a headless service: the same port of two addresses.
    const neighbour = await TestProxy.start(
      portal,
      { clusters, server: { host: '127.0.0.2', port: first.port } },
      INSTANCES[1],
    );
    const asked: string[] = [];
    agent = await TestAgent.start(
      {
        proxies: [{ url: `http://localhost:${first.port}` }],
        joinToken: portal.issueJoinToken('edge-1', { site: 'fra1' }),
        clusters: [{ name: 'edge', endpoint: api.url }],
        drainTimeout: '2s',
      },
      {
        tunnels: 2,
        resolve: async host => {
          asked.push(host);
          return ['127.0.0.1', '127.0.0.2'];
        },
      },
    );
    try {
      expect(asked).toEqual(['localhost']);
      expect(await statusAt(first)).toBe(200);
      expect(await statusAt({ url: `http://127.0.0.2:${first.port}` })).toBe(
        200,
      );
    } finally {
      await agent.stop();
      await neighbour.stop();
    }
  });

  it('are reached through an HTTP proxy on the way', async () => {
    const httpProxy = await HttpProxy.start('a:b');
    portal.instances = undefined;
    const deceived = await TestAgent.start(
      {
        proxies: [{ url: proxies[0].url }],
        httpProxy: httpProxy.url('a:c'),
        joinToken: portal.issueJoinToken('edge-1', { site: 'fra1' }),
        clusters: [{ name: 'edge', endpoint: api.url }],
      },
      { tunnels: 0 },
    );
    try {
      await until(() => deceived.state.failures > 0, 'the refusal');
      expect(deceived.state.lastFailure).toMatch(
        /the HTTP proxy 127\.0\.0\.1:\d+ answers with 407 Proxy Authentication Required$/,
      );
      await startAgent(proxies[0].url, 1, httpProxy.url('a:b'));
      expect(await statusAt(proxies[0])).toBe(200);
      expect(httpProxy.asked).toContain(`127.0.0.1:${proxies[0].port}`);
    } finally {
      await deceived.stop();
      await agent?.stop();
      httpProxy.stop();
    }
  });

  it('are believed when their certificate is of the authority that the agent knows, and then alone', async () => {
    const authority = await TestAuthority.create();
    const stranger = await TestAuthority.create('stranger');
    const { certFile, keyFile } = await authority.issue('127.0.0.1');
    const secure = await TestProxy.start(portal, {
      clusters,
      server: { host: '127.0.0.1', port: 0, tls: { certFile, keyFile } },
    });
    portal.instances = undefined;
    const startWith = async (caFile: string, tunnels: number) => {
      const own = await TestAgent.start(
        {
          proxies: [{ url: `https://127.0.0.1:${secure.port}`, caFile }],
          joinToken: portal.issueJoinToken('edge-1', { site: 'fra1' }),
          clusters: [{ name: 'edge', endpoint: api.url }],
        },
        { tunnels },
      );
      return own;
    };
    try {
      const deceived = await startWith(stranger.caFile, 0);
      await until(() => deceived.state.failures > 0, 'the agent to object');
      expect(deceived.state).toMatchObject({
        name: undefined,
        tunnels: 0,
        lastFailure: expect.stringMatching(/certificate/),
      });
      await deceived.stop();
      agent = await startWith(authority.caFile, 1);
      expect(agent.state.tunnels).toBe(1);
    } finally {
      await agent?.stop();
      await secure.stop();
      authority.remove();
      stranger.remove();
    }
  });

  it('that lose everything silently are noticed by both sides within 15 seconds', async () => {
    portal.instances = undefined;
    const balancer = await Balancer.start([proxies[0].port]);
    try {
      const own = await startAgent(balancer.url, 1);
      expect(await statusAt(proxies[0])).toBe(200);
      const lostAt = performance.now();
      balancer.loseEverything();
      await until(() => own.state.tunnels === 0, 'the agent to notice');
      await until(
        async () => (await statusAt(proxies[0])) === 503,
        'the proxy to notice',
      );
      expect(performance.now() - lostAt).toBeLessThan(15_000);
    } finally {
      await agent?.stop();
      await balancer.stop();
    }
  });
});
