import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { AgentBinary } from '../faults/AgentBinary';
import { AgentProcess } from '../faults/AgentProcess';
import { freePort } from '../freePort';
import { TestApiServer } from '../TestApiServer';
import { TestPortal } from '../TestPortal';
import { TestProxy, until } from '../TestProxy';
import { TestAgent } from './TestAgent';

jest.setTimeout(60_000);

const ROLE = {
  name: 'developer',
  subjects: ['group:default/team'],
  clusters: ['*'],
  rules: [{ effect: 'allow' as const, resources: ['*'], verbs: ['*'] }],
};
const tunnel = { tags: { site: 'fra1' } };
const clusters = [
  { name: 'edge', tunnel },
  { name: 'later', tunnel },
];
const PODS = '/api/v1/namespaces/dev/pods';

describe('the configuration of a running tunnel agent', () => {
  let directory: string;
  let portal: TestPortal;
  let api: TestApiServer;
  let proxy: TestProxy;
  let token: string;

  const call = (path: string, to: TestProxy = proxy) =>
    fetch(`${to.url}/clusters/${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
  const statusOf = async (path: string, to?: TestProxy) => {
    const response = await call(path, to);
    await response.arrayBuffer();
    return response.status;
  };
  const credential = (name: string) => {
    const file = join(directory, name);
    writeFileSync(file, name);
    return file;
  };

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'agent-reload-'));
    portal = await TestPortal.start([ROLE]);
    api = await TestApiServer.start();
    proxy = await TestProxy.start(portal, { clusters });
    token = await portal.issue();
  });
  afterEach(async () => {
    await proxy.stop();
    await portal.stop();
    await api.stop();
    rmSync(directory, { recursive: true });
  });

  describe('is taken over', () => {
    let agent: TestAgent;

    const edge = () => ({
      name: 'edge',
      endpoint: api.url,
      tokenFile: credential('first'),
    });

    beforeEach(async () => {
      agent = await TestAgent.start({
        proxies: [{ url: proxy.url }],
        joinToken: portal.issueJoinToken('edge-1', { site: 'fra1' }),
        clusters: [edge()],
        drainTimeout: '2s',
      });
    });
    afterEach(() => agent.stop());

    it('with another credential, and the tunnel stays', async () => {
      expect(await statusOf(`edge${PODS}`)).toBe(200);
      agent.reload({
        clusters: [{ ...edge(), tokenFile: credential('second') }],
      });
      expect(await statusOf(`edge${PODS}`)).toBe(200);
      expect(api.seen.map(({ headers }) => headers.authorization)).toEqual([
        'Bearer first',
        'Bearer second',
      ]);
      expect(agent.state).toMatchObject({ begun: 1, tunnels: 1 });
    });

    it('with another cluster, while calls and watches go on', async () => {
      let tell = () => {};
      api.onRequest = (request, response) => {
        if (request.url?.includes('watch')) {
          response.write('{"type":"ADDED"}\n');
          tell = () => response.end('{"type":"DELETED"}\n');
        } else {
          response.end('{}');
        }
      };
      const watch = await call(`edge${PODS}?watch=1`);
      const events = watch.text();
      const statuses: number[] = [];
      let isOver = false;
      const client = async () => {
        while (!isOver) {
          statuses.push(await statusOf(`edge${PODS}`));
        }
      };
      const clients = [client(), client(), client(), client()];
      expect(await statusOf(`later${PODS}`)).toBe(503);
      agent.reload({ clusters: [edge(), { ...edge(), name: 'later' }] });
      await until(
        async () => (await statusOf(`later${PODS}`)) === 200,
        'the other cluster',
      );
      isOver = true;
      await Promise.all(clients);
      expect(statuses.filter(status => status !== 200)).toEqual([]);
      tell();
      expect(await events).toBe('{"type":"ADDED"}\n{"type":"DELETED"}\n');
      expect(agent.state.tunnels).toBe(1);
    });

    it('without a cluster, of which proxies learn', async () => {
      expect(await statusOf(`edge${PODS}`)).toBe(200);
      agent.reload({ clusters: [{ ...edge(), name: 'later' }] });
      await until(
        async () => (await statusOf(`later${PODS}`)) === 200,
        'the other cluster',
      );
      const refused = await call(`edge${PODS}`);
      expect(refused.status).toBe(503);
      expect(await refused.json()).toMatchObject({
        message: expect.stringContaining('site=fra1'),
      });
    });

    it('with another proxy in the place of the one', async () => {
      const other = await TestProxy.start(portal, { clusters });
      try {
        agent.reload({ proxies: [{ url: other.url }] });
        await until(
          async () => (await statusOf(`edge${PODS}`, other)) === 200,
          'the other proxy',
        );
        await until(
          async () => (await statusOf(`edge${PODS}`)) === 503,
          'the end of the first tunnel',
        );
        await until(() => agent.state.tunnels === 1, 'one tunnel');
      } finally {
        await agent.stop();
        await other.stop();
      }
    });

    it('with another token, by which it joins anew after it was revoked', async () => {
      portal.setTunnels([]);
      await until(() => agent.state.tunnels === 0, 'the tunnel to be cut');
      agent.reload({
        joinToken: portal.issueJoinToken('edge-2', { site: 'fra1' }),
      });
      await until(() => agent.state.tunnels === 1, 'the tunnel');
      expect(agent.state.name).toBe('edge-2');
      expect(await statusOf(`edge${PODS}`)).toBe(200);
    });

    it('not at all when something is wrong with it', async () => {
      const { failures } = agent.state;
      expect(() =>
        agent.reload({
          proxies: [{ url: 'http://127.0.0.1:1' }],
          clusters: [{ name: 'edge', kubeconfig: join(directory, 'none') }],
        }),
      ).toThrow('cluster edge');
      expect(await statusOf(`edge${PODS}`)).toBe(200);
      expect(agent.state).toMatchObject({ begun: 1, failures });
    });
  });

  describe('is read again', () => {
    let binary: AgentBinary;
    let agent: AgentProcess;
    let adminPort: number;

    const configure = (...names: string[]) =>
      writeFileSync(
        join(directory, 'tunnel.yaml'),
        stringify({
          stateDirectory: 'state',
          joinTokenFile: 'join-token',
          proxies: [{ url: proxy.url }],
          clusters: names.map(name => ({ name, endpoint: api.url })),
          drainTimeout: '1s',
          admin: { port: adminPort },
        }),
      );

    beforeAll(async () => {
      binary = await AgentBinary.create();
    });
    afterAll(() => binary.remove());
    beforeEach(async () => {
      adminPort = await freePort();
      writeFileSync(
        join(directory, 'join-token'),
        portal.issueJoinToken('edge-1', { site: 'fra1' }),
      );
      configure('edge');
      agent = AgentProcess.start(binary, {
        command: 'tunnel',
        configFile: join(directory, 'tunnel.yaml'),
        adminPort,
        logFile: join(directory, 'log'),
      });
      await agent.ready();
    });
    afterEach(() => agent.kill());

    it('at SIGHUP, and stays as it was when the new one is wrong', async () => {
      configure();
      agent.signal('SIGHUP');
      await agent.until(
        () => agent.log.includes('the new configuration is refused'),
        'the refusal',
      );
      expect(await statusOf(`edge${PODS}`)).toBe(200);
      configure('edge', 'later');
      agent.signal('SIGHUP');
      await agent.until(
        async () => (await statusOf(`later${PODS}`)) === 200,
        'the other cluster',
      );
      expect(
        await agent.metric(
          'kubernetes_audit_config_reloads_total\\{result="success"\\}',
        ),
      ).toBe(1);
    });

    it('when its file has changed', async () => {
      configure('edge', 'later');
      await agent.until(
        async () => (await statusOf(`later${PODS}`)) === 200,
        'the other cluster',
      );
    });
  });
});
