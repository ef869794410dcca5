import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentBinary } from './AgentBinary';
import { FaultRig } from './FaultRig';

jest.setTimeout(60_000);

/** Connections are dealt out in turn: so many reach each of two workers. */
const CALLS = 8;

describe('the configuration of a running proxy', () => {
  let binary: AgentBinary;
  let rig: FaultRig;

  /** The status of a call of this cluster over a connection of its own. */
  const statusOf = async (cluster: string) => {
    const answer = await fetch(
      `${rig.url.replace(/demo$/, cluster)}/api/v1/namespaces/dev/pods`,
      {
        headers: { authorization: `Bearer ${rig.token}`, connection: 'close' },
      },
    );
    await answer.arrayBuffer();
    return answer.status;
  };
  const statuses = async (cluster: string) =>
    await Promise.all(Array.from({ length: CALLS }, () => statusOf(cluster)));
  const clusters = (...names: string[]) =>
    names.map(name => ({ name, endpoint: rig.api.url }));
  const metric = (name: string) =>
    rig.process.metric(`kubernetes_audit_config_${name}`);
  const reloads = (result: string) =>
    metric(`reloads_total{result="${result}"}`.replace(/[{}]/g, '\\$&'));

  beforeAll(async () => {
    binary = await AgentBinary.create();
  });
  afterAll(() => binary.remove());
  beforeEach(async () => {
    rig = await FaultRig.create(binary);
  });
  afterEach(() => rig.stop());

  it.each([1, 2])(
    'is reloaded at SIGHUP by %i worker(s), and stays when the new one is wrong',
    async workers => {
      rig.configure({ workers });
      const process = await rig.start();
      const started = await metric('last_success_timestamp_seconds');
      expect(await statuses('later')).toEqual(Array(CALLS).fill(404));

      rig.configure({
        workers,
        clusters: clusters('demo', 'later'),
        spool: { maxBytes: '1Gi' },
      });
      process.signal('SIGHUP');
      await process.until(
        async () => (await reloads('success')) === workers,
        'the reload',
      );
      expect(await statuses('later')).toEqual(Array(CALLS).fill(200));
      expect(await metric('last_success_timestamp_seconds')).toBeGreaterThan(
        started ?? Infinity,
      );
      expect(process.log).toContain(
        'spool.maxBytes: takes effect at the next start',
      );

      rig.configure({ workers, clusters: [] });
      process.signal('SIGHUP');
      await process.until(
        async () => (await reloads('failure')) === workers,
        'the refusal',
      );
      expect(process.log).toMatch(
        /the new configuration is refused, the old one stays: .*line \d+: clusters: /,
      );
      expect(await statuses('later')).toEqual(Array(CALLS).fill(200));
      expect(process.running).toBe(true);
    },
  );

  it('is reloaded when its file has changed', async () => {
    await rig.start();
    rig.configure({ clusters: clusters('demo', 'later') });
    await rig.process.until(
      async () => (await statusOf('later')) === 200,
      'the other cluster',
    );
    expect(await reloads('success')).toBe(1);
  });
});

describe('the check of a configuration', () => {
  let binary: AgentBinary;
  let directory: string;

  const check = (clusters: string) => {
    const file = join(directory, 'proxy.yaml');
    writeFileSync(
      file,
      `agentId: proxy-1
stateDirectory: state
portal: { url: https://portal.example.com, token: long enough }
server: { host: 127.0.0.1 }
clusters:
${clusters}
`,
    );
    try {
      const options = { encoding: 'utf8', stdio: 'pipe' } as const;
      const command = [binary.file, 'check', '--config', file];
      return {
        exitCode: 0,
        text: execFileSync(process.execPath, command, options),
      };
    } catch (error) {
      const { status, stderr } = error as { status: number; stderr: string };
      return { exitCode: status, text: stderr };
    }
  };

  beforeAll(async () => {
    binary = await AgentBinary.create();
    directory = mkdtempSync(join(tmpdir(), 'check-'));
    writeFileSync(join(directory, 'wrong'), 'clusters: 1');
  });
  afterAll(() => {
    binary.remove();
    rmSync(directory, { recursive: true });
  });

  it.each<[string, string, number, RegExp]>([
    [
      'is right',
      '  - { name: a, endpoint: "https://a" }',
      0,
      /is valid: agent/,
    ],
    [
      'names a file that is not there',
      '  - { name: a, kubeconfig: none }',
      1,
      /line 6: clusters\.0\.kubeconfig: .*none is not there/,
    ],
    [
      'names a file that is wrong',
      '  - { name: a, kubeconfig: wrong }',
      1,
      /line 6: clusters\.0\.kubeconfig: .*wrong is no kubeconfig/,
    ],
    ['is wrong', '  - { name: a }', 1, /line 6: clusters\.0: needs either/],
  ])('that %s', (_, clusters, exitCode, text) => {
    expect(check(clusters)).toEqual({
      exitCode,
      text: expect.stringMatching(text),
    });
  });
});
