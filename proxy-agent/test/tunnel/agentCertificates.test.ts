import { writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stringify } from 'yaml';
import { TestAuthority, TestCertificate } from '../contract/TestAuthority';
import { AgentBinary } from '../faults/AgentBinary';
import { AgentProcess } from '../faults/AgentProcess';
import { freePort } from '../freePort';
import { until } from '../TestProxy';
import { PODS, TunnelRig } from './TunnelRig';

jest.setTimeout(60_000);

const ADDED = '{"type":"ADDED"}\n';
const DELETED = '{"type":"DELETED"}\n';

describe('a certificate that a tunnel agent trusts', () => {
  let rig: TunnelRig;
  let first: TestAuthority;
  let second: TestAuthority;
  let certificates: TestCertificate[];

  const fileOf = (name: string, content: string) => {
    const file = join(rig.directory, name);
    writeFileSync(file, content);
    return file;
  };
  /** Watches are answered until they are told to end, and all else at once; @returns how to tell them */
  const answerWatches = () => {
    let end = () => {};
    rig.api.onRequest = (request, response) => {
      if (request.url?.includes('watch')) {
        response.write(ADDED);
        end = () => response.end(DELETED);
      } else {
        response.end('{}');
      }
    };
    return () => end();
  };

  beforeAll(async () => {
    first = await TestAuthority.create('first');
    second = await TestAuthority.create('second');
    certificates = await Promise.all(
      [first, second].map(authority => authority.issue('127.0.0.1')),
    );
  });
  afterAll(() => {
    first.remove();
    second.remove();
  });
  afterEach(() => rig.stop());

  describe('of an API server', () => {
    let endWatch: () => void;
    let caFile: string;

    const status = () => rig.statusOf(`edge${PODS}`);
    const edge = () => ({
      name: 'edge',
      endpoint: rig.api.url,
      caFile,
      tokenFile: join(rig.directory, 'token'),
    });

    beforeEach(async () => {
      rig = await TunnelRig.start({ tls: certificates[0] });
      endWatch = answerWatches();
      caFile = fileOf('ca.pem', first.ca);
      fileOf('token', 'first');
    });

    it('changes for new connections, beside a watch on an old one', async () => {
      const agent = await rig.startAgent('edge-1', { clusters: [edge()] });
      const events = (await rig.call(`edge${PODS}?watch=1`)).text();
      rig.api.useCertificate(certificates[1]);
      // Whatever comes beside the watch needs a connection of its own.
      expect(await status()).toBe(502);
      fileOf('ca.pem', second.ca);
      fileOf('token', 'second');
      agent.reload({});
      expect(await status()).toBe(200);
      expect(rig.api.seen.map(({ headers }) => headers.authorization)).toEqual([
        'Bearer first',
        'Bearer second',
      ]);
      endWatch();
      expect(await events).toBe(ADDED + DELETED);
      expect(agent.state).toMatchObject({ begun: 1, tunnels: 1 });
    });

    it('changes when its file does', async () => {
      const binary = await AgentBinary.create();
      const adminPort = await freePort();
      const agent = AgentProcess.start(binary, {
        command: 'tunnel',
        configFile: fileOf(
          'tunnel.yaml',
          stringify({
            stateDirectory: 'state',
            joinToken: rig.portal.issueJoinToken('edge-1', { site: 'fra1' }),
            proxies: [{ url: rig.proxy.url }],
            clusters: [edge()],
            drainTimeout: '1s',
            admin: { port: adminPort },
          }),
        ),
        adminPort,
        logFile: join(rig.directory, 'log'),
      });
      try {
        await agent.ready();
        const watch = await rig.call(`edge${PODS}?watch=1`);
        const events = watch.text();
        rig.api.useCertificate(certificates[1]);
        expect(await status()).toBe(502);
        fileOf('ca.pem', second.ca);
        await agent.until(
          async () => (await status()) === 200,
          'the other authority',
        );
        endWatch();
        expect(await events).toBe(ADDED + DELETED);
      } finally {
        await agent.kill();
        binary.remove();
      }
    });
  });

  it('of a proxy changes for new tunnels, beside a watch in an old one', async () => {
    const serverWith = ({ certFile, keyFile }: TestCertificate) => ({
      host: '127.0.0.1',
      port: 0,
      tls: { certFile, keyFile },
    });
    rig = await TunnelRig.start({ server: serverWith(certificates[0]) });
    const endWatch = answerWatches();
    const url = `https://127.0.0.1:${rig.proxy.port}`;
    const caFile = fileOf('ca.pem', first.ca);
    const edge = { name: 'edge', endpoint: rig.api.url };
    const agent = await rig.startAgent('edge-1', {
      proxies: [{ url, caFile }],
      clusters: [edge],
    });
    const call = (path: string) =>
      new Promise<IncomingMessage>((resolve, reject) => {
        get(
          `${url}/clusters/${path}`,
          {
            ca: [first.ca, second.ca],
            agent: false,
            headers: { authorization: `Bearer ${rig.token}` },
          },
          resolve,
        ).once('error', reject);
      });
    const statusOf = async (path: string) => {
      const response = await call(path);
      response.resume();
      return response.statusCode;
    };
    const events = text(await call(`edge${PODS}?watch=1`));
    // It breaks when something else has gone wrong, which says more.
    events.catch(() => {});
    rig.proxy.reload({ server: serverWith(certificates[1]) });
    // With another cluster it needs another tunnel.
    agent.reload({ clusters: [edge, { ...edge, name: 'later' }] });
    await until(
      () => /certificate/.test(agent.state.lastFailure ?? ''),
      'the agent to object',
    );
    expect(agent.state.begun).toBe(1);
    expect(await statusOf(`edge${PODS}`)).toBe(200);

    fileOf('ca.pem', second.ca);
    await until(
      async () => (await statusOf(`later${PODS}`)) === 200,
      'the other tunnel',
    );
    expect(agent.state.begun).toBe(2);
    endWatch();
    expect(await events).toBe(ADDED + DELETED);
  });
});
