import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stringify } from 'yaml';
import { TestAuthority, TestCertificate } from '../contract/TestAuthority';
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
const ADDED = '{"type":"ADDED"}\n';
const DELETED = '{"type":"DELETED"}\n';

describe('a certificate that a tunnel agent trusts', () => {
  let directory: string;
  let first: TestAuthority;
  let second: TestAuthority;
  let certificates: TestCertificate[];
  let portal: TestPortal;
  let token: string;

  const fileOf = (name: string, content: string) => {
    const file = join(directory, name);
    writeFileSync(file, content);
    return file;
  };
  /** Answers watches until it is told to end them, and all else at once. */
  const startApi = async (certificate?: TestCertificate) => {
    const api = await TestApiServer.start(certificate);
    let end = () => {};
    api.onRequest = (request, response) => {
      if (request.url?.includes('watch')) {
        response.write(ADDED);
        end = () => response.end(DELETED);
      } else {
        response.end('{}');
      }
    };
    return { api, endWatch: () => end() };
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
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'agent-certificates-'));
    portal = await TestPortal.start([ROLE]);
    token = await portal.issue();
  });
  afterEach(async () => {
    await portal.stop();
    rmSync(directory, { recursive: true });
  });

  describe('of an API server', () => {
    let api: TestApiServer;
    let endWatch: () => void;
    let proxy: TestProxy;
    let caFile: string;

    const call = (path: string) =>
      fetch(`${proxy.url}/clusters/edge${path}`, {
        headers: { authorization: `Bearer ${token}` },
      });
    const status = async () => {
      const response = await call(PODS);
      await response.arrayBuffer();
      return response.status;
    };
    const edge = () => ({
      name: 'edge',
      endpoint: api.url,
      caFile,
      tokenFile: join(directory, 'token'),
    });

    beforeEach(async () => {
      ({ api, endWatch } = await startApi(certificates[0]));
      proxy = await TestProxy.start(portal, { clusters });
      caFile = fileOf('ca.pem', first.ca);
      fileOf('token', 'first');
    });
    afterEach(async () => {
      await proxy.stop();
      await api.stop();
    });

    it('changes for new connections, beside a watch on an old one', async () => {
      const agent = await TestAgent.start({
        proxies: [{ url: proxy.url }],
        joinToken: portal.issueJoinToken('edge-1', { site: 'fra1' }),
        clusters: [edge()],
        drainTimeout: '2s',
      });
      try {
        const watch = await call(`${PODS}?watch=1`);
        const events = watch.text();
        api.useCertificate(certificates[1]);
        // Whatever comes beside the watch needs a connection of its own.
        expect(await status()).toBe(502);
        fileOf('ca.pem', second.ca);
        fileOf('token', 'second');
        agent.reload({});
        expect(await status()).toBe(200);
        expect(api.seen.map(({ headers }) => headers.authorization)).toEqual([
          'Bearer first',
          'Bearer second',
        ]);
        endWatch();
        expect(await events).toBe(ADDED + DELETED);
        expect(agent.state).toMatchObject({ begun: 1, tunnels: 1 });
      } finally {
        await agent.stop();
      }
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
            joinToken: portal.issueJoinToken('edge-1', { site: 'fra1' }),
            proxies: [{ url: proxy.url }],
            clusters: [edge()],
            drainTimeout: '1s',
            admin: { port: adminPort },
          }),
        ),
        adminPort,
        logFile: join(directory, 'log'),
      });
      try {
        await agent.ready();
        const watch = await call(`${PODS}?watch=1`);
        const events = watch.text();
        api.useCertificate(certificates[1]);
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
    const { api, endWatch } = await startApi();
    const serverWith = ({ certFile, keyFile }: TestCertificate) => ({
      host: '127.0.0.1',
      port: 0,
      tls: { certFile, keyFile },
    });
    const proxy = await TestProxy.start(portal, {
      clusters,
      server: serverWith(certificates[0]),
    });
    const url = `https://127.0.0.1:${proxy.port}`;
    const caFile = fileOf('ca.pem', first.ca);
    const edge = { name: 'edge', endpoint: api.url };
    const agent = await TestAgent.start({
      proxies: [{ url, caFile }],
      joinToken: portal.issueJoinToken('edge-1', { site: 'fra1' }),
      clusters: [edge],
      drainTimeout: '2s',
    });
    const call = (path: string) =>
      new Promise<IncomingMessage>((resolve, reject) => {
        get(
          `${url}/clusters/${path}`,
          {
            ca: [first.ca, second.ca],
            agent: false,
            headers: { authorization: `Bearer ${token}` },
          },
          resolve,
        ).once('error', reject);
      });
    const statusOf = async (path: string) => {
      const response = await call(path);
      response.resume();
      return response.statusCode;
    };
    try {
      const events = text(await call(`edge${PODS}?watch=1`));
      // It breaks when something else has gone wrong, which says more.
      events.catch(() => {});
      proxy.reload({ server: serverWith(certificates[1]) });
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
    } finally {
      await agent.stop();
      await proxy.stop();
      await api.stop();
    }
  });
});
