import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { pino } from 'pino';
import { ConfigInForce, ConfigReloader } from './ConfigReloader';
import { loadConfigAndFiles } from './loadConfig';
import type { ProxyConfig } from './ProxyConfig';
import { TrackedFiles } from './TrackedFiles';

const kubeconfig = (server: string) => `
current-context: demo
contexts: [{ name: demo, context: { cluster: demo, user: demo } }]
clusters: [{ name: demo, cluster: { server: '${server}' } }]
users: [{ name: demo, user: { token: secret } }]
`;

const config = (clusters: string) => `agentId: proxy-1
stateDirectory: state
portal:
  url: https://portal.example.com/api/kubernetes-audit
  tokenFile: token
server: { host: 127.0.0.1 }
clusters:
${clusters}
`;
const PROD = '  - name: prod\n    kubeconfig: mounted/kubeconfig';
const OTHER = '  - name: other\n    endpoint: https://127.0.0.1:1';

describe('ConfigReloader', () => {
  let directory: string;
  let file: string;
  let applied: ProxyConfig[];
  let told: ConfigInForce[];
  let lines: { msg: string; problems?: object[] }[];
  let refuse: Error | undefined;
  let now: number;

  const write = (name: string, text: string) =>
    writeFileSync(join(directory, name), text);
  /** As Kubernetes mounts a secret: files are links through `..data`, which is swapped as a whole. */
  const mount = (version: string, text: string) => {
    mkdirSync(join(directory, 'mounted', version), { recursive: true });
    write(`mounted/${version}/kubeconfig`, text);
    symlinkSync(version, join(directory, 'mounted/..next'));
    renameSync(
      join(directory, 'mounted/..next'),
      join(directory, 'mounted/..data'),
    );
  };
  const start = () => {
    const files = TrackedFiles.create();
    return ConfigReloader.create({
      file,
      load: loadConfigAndFiles,
      inForce: { config: loadConfigAndFiles(file, files), files },
      onApplied: inForce => told.push(inForce),
      apply: next => {
        if (refuse) {
          throw refuse;
        }
        applied.push(next);
      },
      logger: pino(
        { base: {} },
        { write: line => lines.push(JSON.parse(line)) },
      ),
      now: () => now,
    });
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'reload-'));
    file = join(directory, 'proxy.yaml');
    applied = [];
    told = [];
    lines = [];
    refuse = undefined;
    now = 1000;
    mount('v1', kubeconfig('https://one.example.com'));
    symlinkSync('..data/kubeconfig', join(directory, 'mounted/kubeconfig'));
    write('proxy.yaml', config(PROD));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('does nothing while nothing changes, be it written again', async () => {
    const reloader = start();
    await reloader.look();
    write('proxy.yaml', config(PROD));
    await reloader.look();
    await reloader.look();
    expect(applied).toEqual([]);
    expect(reloader.counts).toEqual({
      success: 0,
      failure: 0,
      lastSuccess: 1000,
    });
  });

  it('reloads what has changed and stays the same for two looks', async () => {
    const reloader = start();
    now = 2000;
    write('proxy.yaml', config(''));
    await reloader.look();
    write('proxy.yaml', config(`${PROD}\n${OTHER}`));
    await reloader.look();
    expect(applied).toEqual([]);
    await reloader.look();
    expect(applied).toMatchObject([
      { clusters: [{ name: 'prod' }, { name: 'other' }] },
    ]);
    expect(reloader.counts).toEqual({
      success: 1,
      failure: 0,
      lastSuccess: 2000,
    });
    await reloader.look();
    await reloader.look();
    expect(applied).toHaveLength(1);
  });

  it('sees a mounted secret that is swapped by its link', async () => {
    const reloader = start();
    mount('v2', kubeconfig('https://two.example.com'));
    await reloader.look();
    await reloader.look();
    expect(applied).toHaveLength(1);
  });

  it('looks at the files that the new configuration names', async () => {
    const reloader = start();
    write('other.ca', rootCertificates[0]);
    write('proxy.yaml', config(`${OTHER}\n    caFile: other.ca`));
    reloader.reload('SIGHUP');
    write('other.ca', rootCertificates[1]);
    await reloader.look();
    await reloader.look();
    expect(applied).toHaveLength(2);
  });

  it('refuses what cannot be used once, with the line, and takes what is mended', async () => {
    const reloader = start();
    write('proxy.yaml', `${config(PROD)}misspelt: 1\n`);
    for (let i = 0; i < 4; i++) {
      await reloader.look();
    }
    expect(lines).toHaveLength(1);
    expect(lines[0].msg).toMatch(
      /^the new configuration is refused, the old one stays: .*proxy.yaml cannot be used:\n {2}line 10: misspelt:/,
    );
    expect(lines[0].problems).toMatchObject([{ line: 10, path: 'misspelt' }]);
    expect(reloader.counts).toMatchObject({ success: 0, failure: 1 });
    write('proxy.yaml', config(OTHER));
    await reloader.look();
    await reloader.look();
    expect(applied).toMatchObject([{ clusters: [{ name: 'other' }] }]);
  });

  it.each<[string, string, RegExp]>([
    [
      'a kubeconfig that is gone',
      config(`${OTHER}\n  - name: gone\n    kubeconfig: gone`),
      /line 11: clusters\.1\.kubeconfig: .* is not there/,
    ],
    [
      'a kubeconfig that is none',
      config(`  - name: none\n    kubeconfig: proxy.yaml`),
      /line 9: clusters\.0\.kubeconfig: .*proxy.yaml is no kubeconfig: contexts is missing/,
    ],
    [
      'a certificate that is none',
      config(OTHER).replace(
        'host: 127.0.0.1',
        'tls: { certFile: token, keyFile: token }',
      ),
      /line 6: server\.tls\.certFile: .*token holds no certificate in PEM/,
    ],
  ])('points at the line that names %s', (_, text, message) => {
    const reloader = start();
    write('token', 'secret');
    write('proxy.yaml', text);
    reloader.reload('SIGHUP');
    expect(applied).toEqual([]);
    expect(lines[0].msg).toMatch(message);
  });

  it.each([
    ['users: [{ token: very-secret }', / at line 1/],
    ['users:\n- token: |very-secret', / at line 2/],
    ['users:\n- token: *very-secret', / begins with \* /],
    ['token: !very-secret x', / contexts is missing/],
    ['? { token: very-secret }\n: x', / at line 1/],
  ])(
    'tells nothing of what stands in a kubeconfig such as %j',
    (text, what) => {
      const warn = jest.spyOn(process, 'emitWarning').mockImplementation();
      const reloader = start();
      mount('v2', text);
      reloader.reload('SIGHUP');
      expect(lines[0].msg).toMatch(
        /line 9: clusters\.0\.kubeconfig: .* is no kubeconfig: /,
      );
      expect(lines[0].msg).toMatch(what);
      expect(JSON.stringify(lines)).not.toContain('very-secret');
      expect(warn).not.toHaveBeenCalled();
      warn.mockRestore();
    },
  );

  describe('while the configuration file is wrong', () => {
    let reloader: ConfigReloader;

    const looks = async (count: number) => {
      for (let i = 0; i < count; i++) {
        await reloader.look();
      }
    };

    beforeEach(async () => {
      reloader = start();
      write('proxy.yaml', `${config(OTHER)}misspelt: 1\n`);
      await looks(2);
    });

    it('takes the files that the old one names anew, once for each change', async () => {
      await looks(2);
      expect(lines).toHaveLength(1);
      expect(applied).toEqual([]);
      for (const version of ['v2', 'v3']) {
        mount(version, kubeconfig(`https://${version}.example.com`));
        await looks(4);
      }
      expect(applied).toMatchObject([
        { clusters: [{ name: 'prod' }] },
        { clusters: [{ name: 'prod' }] },
      ]);
      expect(reloader.counts).toMatchObject({ success: 0, failure: 3 });
    });

    it('says when those cannot be used, and takes what is mended', async () => {
      mount('v2', 'token: very-secret');
      await looks(4);
      expect(applied).toEqual([]);
      expect(lines.at(-1)?.msg).toMatch(/names have changed, and cannot be us/);
      expect(JSON.stringify(lines)).not.toContain('very-secret');
      mount('v3', kubeconfig('https://three.example.com'));
      await looks(2);
      expect(applied).toMatchObject([{ clusters: [{ name: 'prod' }] }]);
    });

    it('stays with those that were there before when they cannot be taken over', async () => {
      refuse = new Error('no such thing');
      mount('v2', kubeconfig('https://two.example.com'));
      await looks(4);
      expect(lines.at(-1)?.msg).toMatch(/cannot be taken over/);
      refuse = undefined;
      mount('v3', kubeconfig('https://three.example.com'));
      await looks(2);
      expect(applied).toHaveLength(1);
    });

    it('goes on as before when it is mended', async () => {
      mount('v2', kubeconfig('https://two.example.com'));
      await looks(2);
      write('proxy.yaml', config(PROD));
      await looks(2);
      mount('v3', kubeconfig('https://three.example.com'));
      await looks(4);
      expect(applied).toHaveLength(3);
      expect(reloader.counts).toMatchObject({ success: 2, failure: 2 });
    });
  });

  it('tells what it has taken over, and from which files', () => {
    const reloader = start();
    write('proxy.yaml', config(OTHER));
    reloader.reload('SIGHUP');
    expect(told).toMatchObject([{ config: { clusters: [{ name: 'other' }] } }]);
    expect(told[0].files.seen).toEqual([[file, expect.any(String)]]);
    write('proxy.yaml', '');
    reloader.reload('SIGHUP');
    expect(told).toHaveLength(1);
  });

  it('notices what has changed since another process has read it', async () => {
    const files = TrackedFiles.create();
    const inForce = { config: loadConfigAndFiles(file, files), files };
    write('proxy.yaml', config(OTHER));
    const reloader = ConfigReloader.create({
      file,
      load: loadConfigAndFiles,
      inForce: { ...inForce, files: TrackedFiles.create(files.seen) },
      apply: next => applied.push(next),
      logger: pino({ level: 'silent' }),
    });
    await reloader.look();
    await reloader.look();
    expect(applied).toMatchObject([{ clusters: [{ name: 'other' }] }]);
  });

  it('refuses what the proxy cannot take over', () => {
    const reloader = start();
    refuse = new Error('no such thing');
    reloader.reload('SIGHUP');
    expect(lines[0].msg).toContain('the old one stays: no such thing');
    expect(reloader.counts).toMatchObject({ success: 0, failure: 1 });
  });
});
