import { performServerHandshake } from 'node:http2';
import { hostname } from 'node:os';
import { until } from '../TestProxy';
import { beginHandshake, verdictOn } from './foreignAgent';
import { PODS, TunnelRig } from './TunnelRig';
import { AgentIdentity, signedText } from './tunnelInternals';

jest.setTimeout(60_000);

describe('what a proxy tells of a tunnel', () => {
  let rig: TunnelRig;

  afterEach(() => rig.stop());

  const metric = async (name: string) => {
    const answer = await fetch(`${rig.proxy.adminUrl}/metrics`);
    const text = await answer.text();
    const line = new RegExp(`^kubernetes_audit_${name} (.+)$`, 'm').exec(text);
    return Number(line?.[1]);
  };
  /** What changes while a tunnel lasts is told with what comes next. */
  const tellAnew = () => rig.portal.setTunnels([...(rig.portal.tunnels ?? [])]);

  it('is whose it is, since when, how far away, and what it carries', async () => {
    rig = await TunnelRig.start();
    rig.api.onRequest = (_request, response) => response.write('{}\n');
    const agent = await rig.startAgent('edge-1');
    const watches = await Promise.all(
      [1, 2].map(() => rig.call(`edge${PODS}?watch=1`)),
    );
    await until(
      async () => (await metric('tunnel_streams')) === 2,
      'the streams',
    );
    expect(await metric('tunnels')).toBe(1);
    expect(await metric('tunnel_received_bytes')).toBeGreaterThan(0);
    expect(await metric('tunnel_sent_bytes')).toBeGreaterThan(0);
    await until(
      async () => (await metric('tunnel_round_trip_seconds')) > 0,
      'a round trip',
    );
    tellAnew();
    await until(() => rig.told[0]?.streams === 2, 'the news');
    expect(rig.told).toEqual([
      {
        name: 'edge-1',
        version: '0.0.0-test',
        hostName: hostname(),
        remoteAddress: '127.0.0.1',
        connectedAt: expect.stringMatching(/Z$/),
        clusters: [{ name: 'edge', endpoint: rig.api.url, tags: {} }],
        roundTripMs: expect.any(Number),
        streams: 2,
        receivedBytes: expect.any(Number),
        sentBytes: expect.any(Number),
        reconnects: 0,
        draining: false,
      },
    ]);

    // With another cluster it comes again, and this tunnel ends with the watches.
    const edge = { name: 'edge', endpoint: rig.api.url };
    agent.reload({ clusters: [edge, { ...edge, name: 'later' }] });
    await until(() => rig.told.length === 2, 'the other tunnel');
    expect(rig.told.map(({ draining }) => draining)).toEqual([true, false]);
    expect(rig.told[1].reconnects).toBe(1);
    // One agent, however many tunnels it still has: the alerts look at it.
    expect(await metric('tunnels')).toBe(1);
    await Promise.all(watches.map(({ body }) => body?.cancel()));
    await until(() => rig.told.length === 1, 'the end of the first');
  });

  it('is the address of the agent, where a balancer tells it', async () => {
    rig = await TunnelRig.start({
      server: { host: '127.0.0.1', port: 0, trustedProxies: ['127.0.0.1'] },
    });
    const identity = await AgentIdentity.open(rig.directory);
    const { publicKey: key } = identity;
    const agent = { name: 'edge-1', tags: {}, clusters: ['*'], key };
    rig.portal.setTunnels([agent]);
    const hello = Buffer.from(
      JSON.stringify({ name: 'edge-1', version: '1', clusters: [] }),
    ).toString('base64url');
    await until(async () => {
      const { socket, challenge } = await beginHandshake(rig.proxy.url, {
        'x-forwarded-for': '192.0.2.9',
      });
      const signature = identity.sign(signedText(challenge, hello));
      const line = JSON.stringify({ hello, signature });
      const { accepted } = await verdictOn(socket, line);
      if (accepted) {
        performServerHandshake(socket).on('error', () => {});
      }
      return accepted;
    }, 'the proxy to know the agent');
    await until(() => rig.told.length === 1, 'the news');
    expect(rig.told[0].remoteAddress).toBe('192.0.2.9');
  });
});
