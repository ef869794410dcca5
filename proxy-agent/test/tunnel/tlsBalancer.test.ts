import { ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestAuthority, TestCertificate } from '../contract/TestAuthority';
import { freePort } from '../freePort';
import { TestApiServer } from '../TestApiServer';
import { TestPortal } from '../TestPortal';
import { TestProxy, until } from '../TestProxy';
import { TestAgent } from './TestAgent';
import { TlsBalancer } from './TlsBalancer';

jest.setTimeout(60_000);

const NGINX = '/usr/sbin/nginx';
const ROLE = {
  name: 'developer',
  subjects: ['group:default/team'],
  clusters: ['*'],
  rules: [{ effect: 'allow' as const, resources: ['*'], verbs: ['*'] }],
};
const PODS = '/api/v1/namespaces/dev/pods';
const MEBIBYTE = 1024 * 1024;

describe('a tunnel through a balancer that ends TLS', () => {
  let authority: TestAuthority;
  let certificate: TestCertificate;
  let portal: TestPortal;
  let api: TestApiServer;
  let proxy: TestProxy;
  let agent: TestAgent | undefined;

  const startAgent = async (url: string, tunnels = 1) => {
    agent = await TestAgent.start(
      {
        proxies: [{ url, caFile: authority.caFile }],
        joinToken: portal.issueJoinToken('edge-1', { site: 'fra1' }),
        clusters: [{ name: 'edge', endpoint: api.url }],
        drainTimeout: '1s',
      },
      { tunnels },
    );
    return agent;
  };
  /** Sends a body there and back. */
  const echoes = async () => {
    api.onRequest = (request, response) => request.pipe(response);
    const sent = Buffer.alloc(4 * MEBIBYTE, 'kubernetes');
    const response = await fetch(`${proxy.url}/clusters/edge${PODS}`, {
      method: 'POST',
      body: sent,
      headers: {
        authorization: `Bearer ${await portal.issue()}`,
        'content-type': 'application/octet-stream',
      },
    });
    return Buffer.from(await response.arrayBuffer()).equals(sent);
  };

  beforeAll(async () => {
    authority = await TestAuthority.create();
    certificate = await authority.issue('127.0.0.1');
  });
  afterAll(() => authority.remove());
  beforeEach(async () => {
    portal = await TestPortal.start([ROLE]);
    api = await TestApiServer.start();
    proxy = await TestProxy.start(portal, {
      clusters: [{ name: 'edge', tunnel: { tags: { site: 'fra1' } } }],
    });
  });
  afterEach(async () => {
    await agent?.stop();
    agent = undefined;
    await proxy.stop();
    await portal.stop();
    await api.stop();
  });

  it('is joined, begins and carries calls', async () => {
    const { port } = proxy;
    const balancer = await TlsBalancer.start({ port, ...certificate });
    try {
      await startAgent(balancer.url);
      expect(await echoes()).toBe(true);
    } finally {
      await agent?.stop();
      await balancer.stop();
    }
  });

  it('does not begin when the balancer changes what the agent says of itself', async () => {
    const { port } = proxy;
    const balancer = await TlsBalancer.start({ port, ...certificate });
    balancer.tamper = bytes => {
      const { hello, signature } = JSON.parse(bytes.toString());
      const said = JSON.parse(Buffer.from(hello, 'base64url').toString());
      said.clusters.push({ name: 'prod', endpoint: 'https://192.0.2.1' });
      const changed = Buffer.from(JSON.stringify(said)).toString('base64url');
      return Buffer.from(`${JSON.stringify({ hello: changed, signature })}\n`);
    };
    try {
      const own = await startAgent(balancer.url, 0);
      await until(() => own.state.failures > 0, 'the refusal');
      expect(own.state).toMatchObject({
        name: 'edge-1',
        tunnels: 0,
        lastFailure: expect.stringContaining('the proxy refuses'),
      });
    } finally {
      await agent?.stop();
      await balancer.stop();
    }
  });

  (existsSync(NGINX) ? it : it.skip)(
    'is joined, begins and carries calls where the balancer is nginx',
    async () => {
      const port = await freePort();
      const { directory } = authority;
      const file = join(directory, 'nginx.conf');
      writeFileSync(
        file,
        `daemon off;
master_process off;
pid ${directory}/nginx.pid;
error_log ${directory}/nginx.log;
events {}
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${certificate.certFile};
    ssl_certificate_key ${certificate.keyFile};
    location / {
      proxy_pass http://127.0.0.1:${proxy.port};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $http_connection;
      proxy_read_timeout 10s;
    }
  }
}
`,
      );
      const nginx: ChildProcess = spawn(NGINX, ['-c', file, '-p', directory], {
        stdio: 'ignore',
      });
      try {
        await startAgent(`https://127.0.0.1:${port}`);
        expect(await echoes()).toBe(true);
      } finally {
        await agent?.stop();
        const ended = new Promise(resolve => {
          nginx.once('exit', resolve);
        });
        nginx.kill('SIGTERM');
        await ended;
      }
    },
  );
});
