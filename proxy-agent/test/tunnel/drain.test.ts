import { Agent, request } from 'node:https';
import { TestAuthority } from '../contract/TestAuthority';
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
const PODS = '/api/v1/namespaces/dev/pods';
const CLIENTS = 16;
/** Calls before and after. */
const CALLS = 200;

describe('two agents, of which one is drained under load', () => {
  let authority: TestAuthority;
  let portal: TestPortal;
  let api: TestApiServer;

  beforeAll(async () => {
    authority = await TestAuthority.create();
  });
  afterAll(() => authority.remove());
  beforeEach(async () => {
    portal = await TestPortal.start([ROLE]);
    api = await TestApiServer.start();
  });
  afterEach(async () => {
    await portal.stop();
    await api.stop();
  });

  const statusOf = (
    options: { port: number; token: string; agent: Agent },
    isSecure: boolean,
  ): Promise<number | string> =>
    new Promise(resolve => {
      const { port, token, agent } = options;
      const path = `/clusters/edge${PODS}`;
      const headers = { authorization: `Bearer ${token}` };
      if (!isSecure) {
        fetch(`http://127.0.0.1:${port}${path}`, {
          method: 'POST',
          body: '{}',
          headers,
        }).then(
          async response => {
            await response.arrayBuffer();
            resolve(response.status);
          },
          error => resolve(`${error}`),
        );
        return;
      }
      const call = request(
        { host: '127.0.0.1', port, path, method: 'POST', headers, agent },
        response => {
          response
            .resume()
            .once('end', () => resolve(response.statusCode ?? 0));
        },
      );
      call.once('error', error => resolve(error.message));
      call.end('{}');
    });

  it.each([
    ['over plain HTTP', false],
    ['over TLS, also to the API server', true],
  ])('no call fails, %s', async (_what, isSecure) => {
    const { certFile, keyFile, ...pem } = await authority.issue('127.0.0.1');
    const tls = isSecure ? { certFile, keyFile } : undefined;
    const secureApi = isSecure ? await TestApiServer.start(pem) : api;
    const { caFile, ca } = authority;
    const proxy = await TestProxy.start(portal, {
      clusters: [{ name: 'edge', tunnel: { tags: { site: 'fra1' } } }],
      server: { host: '127.0.0.1', port: 0, tls },
    });
    const startAgent = (name: string) =>
      TestAgent.start({
        proxies: [
          isSecure
            ? { url: `https://127.0.0.1:${proxy.port}`, caFile }
            : { url: proxy.url },
        ],
        joinToken: portal.issueJoinToken(name, { site: 'fra1' }),
        clusters: [
          {
            name: 'edge',
            endpoint: secureApi.url,
            ...(isSecure && { caFile }),
          },
        ],
        drainTimeout: '5s',
      });
    const first = await startAgent('edge-1');
    const second = await startAgent('edge-2');
    const agent = new Agent({ keepAlive: true, ca });
    const options = { port: proxy.port, token: await portal.issue(), agent };
    const statuses: (number | string)[] = [];
    let isOver = false;
    const client = async () => {
      while (!isOver) {
        statuses.push(await statusOf(options, isSecure));
      }
    };
    const clients = Array.from({ length: CLIENTS }, client);
    try {
      await until(() => statuses.length > CALLS, 'load');
      await first.stop();
      const before = statuses.length;
      await until(() => statuses.length > before + CALLS, 'load afterwards');
    } finally {
      isOver = true;
      await Promise.all(clients);
      agent.destroy();
      await first.stop();
      await second.stop();
      await proxy.stop();
      if (isSecure) {
        await secureApi.stop();
      }
    }
    expect(statuses.filter(status => status !== 200)).toEqual([]);
    const carriers = new Set(portal.events().map(e => e.tunnelAgentName));
    expect([...carriers].sort()).toEqual(['edge-1', 'edge-2']);
  });
});
