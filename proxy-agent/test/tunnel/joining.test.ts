import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  formatJoinToken,
  parseJoinToken,
} from 'backstage-plugin-kubernetes-audit-common';
import { until } from '../TestProxy';
import { PODS, TunnelRig } from './TunnelRig';

jest.setTimeout(60_000);

describe('a tunnel agent that joins', () => {
  let rig: TunnelRig;

  const status = () => rig.statusOf(`edge${PODS}`);

  beforeEach(async () => {
    rig = await TunnelRig.start();
  });
  afterEach(() => rig.stop());

  it('uses its token up, and another one is told so, whatever other proxies say', async () => {
    const joinToken = rig.portal.issueJoinToken('edge-1', { site: 'fra1' });
    await rig.startAgent('edge-1', { joinToken });
    const { url } = rig.proxy;
    const proxies = [{ url }, { url: 'http://127.0.0.1:1' }];
    const thief = await rig.startAgent(
      'edge-1',
      { joinToken, proxies },
      { tunnels: 0 },
    );
    await until(() => thief.state.failures > 0, 'the refusal');
    const { name, lastFailure } = thief.state;
    expect(name).toBeUndefined();
    expect(lastFailure).toContain(
      `${url}: the join token is not valid, or was`,
    );
    expect(lastFailure).toContain('http://127.0.0.1:1: ');
  });

  it.each([
    [
      'no token',
      () => 'kubernetes-audit-join.abc',
      'this is no join token, or only a part of one',
    ],
    [
      'a token with another secret',
      (token: string) =>
        formatJoinToken({ ...parseJoinToken(token), secret: 'x'.repeat(43) }),
      'the join token is not valid',
    ],
  ])('is told when it has %s', async (_what, change, told) => {
    const token = rig.portal.issueJoinToken('edge-1', { site: 'fra1' });
    const joinToken = change(token);
    const agent = await rig.startAgent('edge-1', { joinToken }, { tunnels: 0 });
    await until(() => agent.state.failures > 0, 'the refusal');
    expect(agent.state.name).toBeUndefined();
    expect(agent.state.lastFailure).toContain(told);
  });

  it('is told when what answers is no proxy', async () => {
    const server = createServer((_request, response) => response.end('<html>'));
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    try {
      const proxies = [{ url: `http://127.0.0.1:${port}` }];
      const agent = await rig.startAgent('edge-1', { proxies }, { tunnels: 0 });
      await until(() => agent.state.failures > 0, 'the agent to object');
      expect(agent.state.lastFailure).toContain('no proxy that takes tunnels');
    } finally {
      server.close();
    }
  });

  it('joins when the portal is there again', async () => {
    rig.portal.outage = 503;
    const agent = await rig.startAgent('edge-1', {}, { tunnels: 0 });
    await until(() => agent.state.failures > 0, 'the refusal');
    expect(agent.state.lastFailure).toContain('the portal does not take joins');
    rig.portal.outage = undefined;
    await until(() => agent.state.tunnels === 1, 'the tunnel');
    expect(await status()).toBe(200);
  });

  it('goes on under its name while the portal does not take another token', async () => {
    const agent = await rig.startAgent('edge-1');
    const { stateDirectory } = agent;
    await agent.stop({ keepState: true });
    rig.portal.outage = 503;
    const again = await rig.startAgent('edge-2', { stateDirectory });
    await until(() => again.state.failures > 0, 'the refusal');
    expect(again.state.name).toBe('edge-1');
    expect(await status()).toBe(200);

    rig.portal.outage = undefined;
    await until(() => again.state.name === 'edge-2', 'the other name');
    await until(async () => {
      await status();
      return rig.portal.events().at(-1)?.tunnelAgentName === 'edge-2';
    }, 'a call under it');
  });

  it('warns of a cluster that its token does not name', async () => {
    const lines: string[] = [];
    const joinToken = rig.portal.issueJoinToken('edge-1', { site: 'fra1' }, [
      'ed*',
    ]);
    const clusters = ['edge', 'later'].map(name => ({
      name,
      endpoint: rig.api.url,
    }));
    await rig.startAgent(
      'edge-1',
      { joinToken, clusters },
      { onLog: line => lines.push(line) },
    );
    expect(await status()).toBe(200);
    expect(await rig.statusOf(`later${PODS}`)).toBe(503);
    const told = lines.map(line => JSON.parse(line));
    expect(told.filter(({ cluster }) => cluster !== undefined)).toMatchObject([
      { cluster: 'later', joinedFor: ['ed*'] },
    ]);
  });

  it('is cut when it is revoked, and taken no more', async () => {
    const agent = await rig.startAgent('edge-1');
    expect(await status()).toBe(200);
    rig.portal.setTunnels([]);
    await until(() => agent.state.tunnels === 0, 'the tunnel to be cut');
    await until(
      () => agent.state.lastFailure?.includes('revoked') ?? false,
      'the agent to be refused',
    );
    expect(await status()).toBe(503);
  });

  it('is cut when it is revoked while it drains', async () => {
    rig.api.onRequest = (_request, response) => response.write('{}\n');
    const agent = await rig.startAgent('edge-1', { drainTimeout: '10m' });
    const watch = await rig.call(`edge${PODS}?watch=1`);
    const reader = watch.body?.getReader();
    await reader?.read();
    const stopped = agent.stop();
    await until(async () => (await status()) === 503, 'the drain');
    rig.portal.setTunnels([]);
    await expect(reader?.read()).rejects.toThrow();
    await stopped;
  });
});
