import { ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { TestAuthority } from '../contract/TestAuthority';
import { AgentBinary } from '../faults/AgentBinary';
import { TestPortal } from '../TestPortal';
import { TestProxy, until } from '../TestProxy';
import { Balancer } from './Balancer';
import { PrivateNetwork } from './PrivateNetwork';

jest.setTimeout(240_000);

/** A small Kubernetes that comes with the workspace, not with the repository. */
const KIT =
  process.env.TEST_CLUSTER_KIT ??
  resolve(__dirname, '../../../../shared/cluster');
/** Each way. */
const LINK_DELAY_MS = 40;
const ROLE = {
  name: 'developer',
  subjects: ['group:default/team'],
  clusters: ['edge'],
  kubernetesGroups: ['developers'],
  rules: [
    { effect: 'allow' as const, resources: ['*', '*/*'], verbs: ['*'] },
    { effect: 'allow' as const, nonResourceUrls: ['*'], verbs: ['*'] },
  ],
};

function canMakeNetworks(): boolean {
  try {
    PrivateNetwork.create().remove();
    return true;
  } catch {
    return false;
  }
}

const missing = [
  existsSync(KIT) ? undefined : 'there is no ../shared/cluster',
  canMakeNetworks() ? undefined : 'no network namespaces can be made here',
].find(Boolean);
if (missing) {
  process.stderr.write(`left out, since ${missing}: kubectl over a tunnel\n`);
}

(missing ? describe.skip : describe)(
  'kubectl and a cluster in a network that nobody can dial into',
  () => {
    let network: PrivateNetwork;
    let binary: AgentBinary;
    let authority: TestAuthority;
    let portal: TestPortal;
    let proxy: TestProxy;
    /** On the way from the agent to the proxy. */
    let relay: Balancer;
    let directory: string;
    let clusterDirectory: string;
    let kubectlProgram: string;
    let agent: ChildProcess;
    let apiPort: number;

    const inside = (program: string, ...args: string[]) => {
      const { status, stdout, stderr } = spawnSync(
        ...network.command(program, args),
        { encoding: 'utf8' },
      );
      if (status !== 0) {
        throw new Error(`${program} failed: ${stderr}`);
      }
      return stdout;
    };
    const startAgent = () => {
      const log = join(directory, 'agent.log');
      const child = spawn(
        ...network.command('sh', [
          '-c',
          `exec "$0" "$@" >> ${log} 2>&1`,
          process.execPath,
          binary.file,
          'tunnel',
          '--config',
          join(directory, 'tunnel.yaml'),
        ]),
        { stdio: 'ignore', env: { ...process.env, NODE_OPTIONS: '' } },
      );
      return child;
    };
    const kubectlCommand = (...args: string[]): [string, string[]] => [
      kubectlProgram,
      ['--kubeconfig', join(directory, 'kubeconfig'), '-n', 'dev', ...args],
    ];
    const kubectl = async (...args: string[]) => {
      const { stdout } = await promisify(execFile)(...kubectlCommand(...args), {
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
      });
      return stdout;
    };
    const works = async () =>
      await kubectl('get', 'pods').then(
        text => text.includes('web'),
        () => false,
      );

    const connected = async () => {
      try {
        await until(works, 'the tunnel');
      } catch (error) {
        const log = readFileSync(join(directory, 'agent.log'), 'utf8');
        const why = await kubectl('get', 'pods').catch(String);
        throw new Error(`${error}: ${why}; the log of the agent:\n${log}`);
      }
    };

    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'private-'));
      clusterDirectory =
        process.env.TEST_CLUSTER_DIRECTORY ?? join(directory, 'cluster');
      network = PrivateNetwork.create();
      // What it downloads it cannot download from inside.
      spawnSync(join(KIT, 'up'), [clusterDirectory], { stdio: 'ignore' });
      spawnSync(join(KIT, 'down'), [clusterDirectory], { stdio: 'ignore' });
      const places = new Map(
        [
          ...inside(join(KIT, 'up'), clusterDirectory).matchAll(
            /^(\w+)=(.*)$/gm,
          ),
        ].map(([, key, value]) => [key, value]),
      );
      kubectlProgram =
        process.env.TEST_KUBECTL ?? `${places.get('CLUSTER_KUBECTL')}`;
      apiPort = Number(new URL(`${places.get('CLUSTER_SERVER')}`).port);
      binary = await AgentBinary.create();
      authority = await TestAuthority.create();
      const { certFile, keyFile } = await authority.issue(
        network.outside,
        '127.0.0.1',
      );
      portal = await TestPortal.start([ROLE]);
      proxy = await TestProxy.start(portal, {
        clusters: [{ name: 'edge', tunnel: { tags: { site: 'fra1' } } }],
        server: { host: '0.0.0.0', port: 0, tls: { certFile, keyFile } },
      });
      relay = await Balancer.start([proxy.port], '0.0.0.0');
      writeFileSync(
        join(directory, 'tunnel.yaml'),
        stringify({
          stateDirectory: 'state',
          joinToken: portal.issueJoinToken('edge-1', { site: 'fra1' }),
          proxies: [
            {
              url: `https://${network.outside}:${relay.port}`,
              caFile: authority.caFile,
            },
          ],
          clusters: [
            { name: 'edge', kubeconfig: places.get('KUBECONFIG_AUDIT_PROXY') },
          ],
          drainTimeout: '2s',
          admin: { port: 0 },
        }),
      );
      writeFileSync(
        join(directory, 'kubeconfig'),
        stringify({
          'current-context': 'edge',
          contexts: [
            { name: 'edge', context: { cluster: 'edge', user: 'me' } },
          ],
          clusters: [
            {
              name: 'edge',
              cluster: {
                server: `https://127.0.0.1:${proxy.port}/clusters/edge`,
                'certificate-authority': authority.caFile,
              },
            },
          ],
          users: [{ name: 'me', user: { token: await portal.issue() } }],
        }),
      );
      agent = startAgent();
      await connected();
    });
    afterAll(async () => {
      agent?.kill('SIGTERM');
      await relay?.stop();
      await proxy?.stop();
      await portal?.stop();
      authority?.remove();
      binary?.remove();
      if (clusterDirectory) {
        spawnSync(...network.command(join(KIT, 'down'), [clusterDirectory]));
      }
      network?.remove();
      rmSync(directory, { recursive: true, force: true });
    });

    it('get, exec and logs work, and the rows say by which agent', async () => {
      expect(await kubectl('get', 'pods')).toContain('web');
      expect(
        await kubectl('exec', 'web', '-c', 'main', '--', 'echo', 'hello'),
      ).toBe('hello\n');
      expect(await kubectl('logs', 'web', '-c', 'main')).toContain('tick');
      await until(
        () => portal.events().some(e => e.resource === 'pods/exec'),
        'the rows',
      );
      for (const event of portal.events()) {
        if (event.resource?.startsWith('pods')) {
          expect(event).toMatchObject({ tunnelTag: 'site=fra1' });
        }
      }
    });

    it('cp brings files there and back unchanged', async () => {
      const file = join(directory, 'file');
      const back = join(directory, 'back');
      writeFileSync(file, Buffer.alloc(3 * 1024 * 1024, 'kubernetes'));
      await kubectl('cp', '-c', 'main', file, 'dev/web:/tmp/file');
      await kubectl('cp', '-c', 'main', 'dev/web:/tmp/file', back);
      expect(readFileSync(back).equals(readFileSync(file))).toBe(true);
    });

    it('port-forward carries HTTP', async () => {
      const child = spawn(...kubectlCommand('port-forward', 'web', ':8080'), {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      try {
        const [line] = await once(child.stdout, 'data');
        const port = /127\.0\.0\.1:(\d+)/.exec(`${line}`)?.[1];
        const answer = await fetch(`http://127.0.0.1:${port}/`);
        await answer.arrayBuffer();
        expect(answer.status).toBeGreaterThanOrEqual(200);
      } finally {
        child.kill('SIGTERM');
      }
    });

    it('a watch goes on, and ends when the link is cut; after it was mended all is as before', async () => {
      const watch = spawn(...kubectlCommand('get', 'pods', '--watch'), {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      await once(watch.stdout, 'data');
      const tunnels = async () => {
        const answer = await fetch(`${proxy.adminUrl}/metrics`);
        return /^kubernetes_audit_tunnels (.+)$/m.exec(
          await answer.text(),
        )?.[1];
      };
      expect(await tunnels()).toBe('1');
      const cutAt = performance.now();
      network.cut();
      try {
        await until(
          async () => (await tunnels()) === '0',
          'the proxy to notice',
        );
        expect(performance.now() - cutAt).toBeLessThan(15_000);
        const refused = await kubectl('get', 'pods').catch(String);
        expect(refused).toContain('site=fra1');
      } finally {
        network.mend();
      }
      await connected();
      watch.kill('SIGTERM');
    });

    it('a killed agent comes back when it is started again', async () => {
      agent.kill('SIGKILL');
      await once(agent, 'exit');
      await until(async () => !(await works()), 'the end of the tunnel');
      agent = startAgent();
      await connected();
    });

    it('a slow link that loses every fiftieth packet carries it all, and the tunnel stays', async () => {
      const handshakes = async () => {
        const answer = await fetch(`${proxy.adminUrl}/metrics`);
        return /^kubernetes_audit_tunnel_handshakes_total.*accepted.*$/m.exec(
          await answer.text(),
        )?.[0];
      };
      const before = await handshakes();
      relay.delayMs = LINK_DELAY_MS;
      if (!network.lose(0.02)) {
        process.stderr.write('left out, since no packets can be lost: loss\n');
        return;
      }
      try {
        const print = await kubectl(
          ...['exec', 'web', '-c', 'main', '--', 'sh', '-c'],
          'for i in 1 2 3; do head -c 200000 /dev/zero | tr "\\0" x; done',
        );
        expect(print.length).toBe(600_000);
        const lists = await Promise.all(
          Array.from({ length: 8 }, () => kubectl('get', 'pods')),
        );
        expect(lists.filter(text => !text.includes('web'))).toEqual([]);
        const file = join(directory, 'file');
        const back = join(directory, 'back');
        writeFileSync(file, Buffer.alloc(1024 * 1024, 'kubernetes'));
        await kubectl('cp', '-c', 'main', file, 'dev/web:/tmp/lossy');
        await kubectl('cp', '-c', 'main', 'dev/web:/tmp/lossy', back);
        expect(readFileSync(back).equals(readFileSync(file))).toBe(true);
        expect(network.lost).toBeGreaterThan(0);
      } finally {
        network.loseNone();
      }
      expect(await handshakes()).toBe(before);
    });

    it('nothing in it can be dialled from here', async () => {
      const socket = connect({ host: network.inside, port: apiPort });
      const [error] = await once(socket, 'error');
      expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    });
  },
);
