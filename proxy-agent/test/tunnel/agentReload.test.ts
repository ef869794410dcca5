import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { AgentBinary } from '../faults/AgentBinary';
import { AgentProcess } from '../faults/AgentProcess';
import { freePort } from '../freePort';
import { until } from '../TestProxy';
import type { TestAgent } from './TestAgent';
import { PODS, TunnelRig } from './TunnelRig';

jest.setTimeout(60_000);

describe('the configuration of a running tunnel agent', () => {
  let rig: TunnelRig;

  const credential = (name: string) => {
    const file = join(rig.directory, name);
    writeFileSync(file, name);
    return file;
  };

  beforeEach(async () => {
    rig = await TunnelRig.start();
  });
  afterEach(() => rig.stop());

  describe('is taken over', () => {
    let agent: TestAgent;

    const edge = () => ({
      name: 'edge',
      endpoint: rig.api.url,
      tokenFile: credential('first'),
    });

    beforeEach(async () => {
      agent = await rig.startAgent('edge-1', { clusters: [edge()] });
    });

    it('with another credential, and the tunnel stays', async () => {
      expect(await rig.statusOf(`edge${PODS}`)).toBe(200);
      agent.reload({
        clusters: [{ ...edge(), tokenFile: credential('second') }],
      });
      expect(await rig.statusOf(`edge${PODS}`)).toBe(200);
      expect(rig.api.seen.map(({ headers }) => headers.authorization)).toEqual([
        'Bearer first',
        'Bearer second',
      ]);
      expect(agent.state).toMatchObject({ begun: 1, tunnels: 1 });
    });

    it('with another cluster, while calls and watches go on', async () => {
      let tell = () => {};
      rig.api.onRequest = (request, response) => {
        if (request.url?.includes('watch')) {
          response.write('{"type":"ADDED"}\n');
          tell = () => response.end('{"type":"DELETED"}\n');
        } else {
          response.end('{}');
        }
      };
      const watch = await rig.call(`edge${PODS}?watch=1`);
      const events = watch.text();
      const statuses: number[] = [];
      let isOver = false;
      const client = async () => {
        while (!isOver) {
          statuses.push(await rig.statusOf(`edge${PODS}`));
        }
      };
      const clients = [client(), client(), client(), client()];
      expect(await rig.statusOf(`later${PODS}`)).toBe(503);
      agent.reload({ clusters: [edge(), { ...edge(), name: 'later' }] });
      await until(
        async () => (await rig.statusOf(`later${PODS}`)) === 200,
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
      expect(await rig.statusOf(`edge${PODS}`)).toBe(200);
      agent.reload({ clusters: [{ ...edge(), name: 'later' }] });
      await until(
        async () => (await rig.statusOf(`later${PODS}`)) === 200,
        'the other cluster',
      );
      const refused = await rig.call(`edge${PODS}`);
      expect(refused.status).toBe(503);
      expect(await refused.json()).toMatchObject({
        message: expect.stringContaining('site=fra1'),
      });
    });

    it('with another proxy in the place of the one', async () => {
      const other = await rig.startProxy();
      agent.reload({ proxies: [{ url: other.url }] });
      await until(
        async () => (await rig.statusOf(`edge${PODS}`, other)) === 200,
        'the other proxy',
      );
      await until(
        async () => (await rig.statusOf(`edge${PODS}`)) === 503,
        'the end of the first tunnel',
      );
      await until(() => agent.state.tunnels === 1, 'one tunnel');
    });

    it('with another token, by which it joins anew after it was revoked', async () => {
      rig.portal.setTunnels([]);
      await until(() => agent.state.tunnels === 0, 'the tunnel to be cut');
      agent.reload({
        joinToken: rig.portal.issueJoinToken('edge-2', { site: 'fra1' }),
      });
      await until(() => agent.state.tunnels === 1, 'the tunnel');
      expect(agent.state.name).toBe('edge-2');
      expect(await rig.statusOf(`edge${PODS}`)).toBe(200);
    });

    it('not at all when something is wrong with it', async () => {
      const { failures } = agent.state;
      expect(() =>
        agent.reload({
          proxies: [{ url: 'http://127.0.0.1:1' }],
          clusters: [{ name: 'edge', kubeconfig: join(rig.directory, 'none') }],
        }),
      ).toThrow('cluster edge');
      expect(await rig.statusOf(`edge${PODS}`)).toBe(200);
      expect(agent.state).toMatchObject({ begun: 1, failures });
    });
  });

  describe('is read again', () => {
    let binary: AgentBinary;
    let agent: AgentProcess;
    let adminPort: number;

    const configure = (...names: string[]) =>
      writeFileSync(
        join(rig.directory, 'tunnel.yaml'),
        stringify({
          stateDirectory: 'state',
          joinTokenFile: 'join-token',
          proxies: [{ url: rig.proxy.url }],
          clusters: names.map(name => ({ name, endpoint: rig.api.url })),
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
        join(rig.directory, 'join-token'),
        rig.portal.issueJoinToken('edge-1', { site: 'fra1' }),
      );
      configure('edge');
      agent = AgentProcess.start(binary, {
        command: 'tunnel',
        configFile: join(rig.directory, 'tunnel.yaml'),
        adminPort,
        logFile: join(rig.directory, 'log'),
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
      expect(await rig.statusOf(`edge${PODS}`)).toBe(200);
      configure('edge', 'later');
      agent.signal('SIGHUP');
      await agent.until(
        async () => (await rig.statusOf(`later${PODS}`)) === 200,
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
        async () => (await rig.statusOf(`later${PODS}`)) === 200,
        'the other cluster',
      );
    });
  });
});
