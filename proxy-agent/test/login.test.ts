import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import packageJson from '../package.json';
import { LoginCache } from '../src/login/LoginCache';

jest.setTimeout(120_000);

const AGENT = resolve(__dirname, '..');
const PORTAL = 'https://portal.example.com/api/kubernetes-audit';
/** Tells at the end what a program has loaded. */
const WATCH_LOADING = `
  const { writeFileSync } = require('node:fs');
  process.on('exit', () =>
    writeFileSync(process.env.LOADED, JSON.stringify(Object.keys(require.cache))),
  );
`;

describe('kubernetes-audit-agent login', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'login-command-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('answers kubectl with a token that it has, and loads nothing that this does not take', async () => {
    const cacheDirectory = join(directory, 'cache');
    const cache = LoginCache.create(cacheDirectory, PORTAL);
    cache.prepare();
    const tokenExpiresAt = Date.parse('2999-01-01T00:00:00.000Z');
    cache.write({
      token: 'a-token',
      tokenExpiresAt,
      renewFrom: tokenExpiresAt,
      renewalSecret: 'a-secret',
      loginExpiresAt: tokenExpiresAt,
    });
    const watch = join(directory, 'watch.cjs');
    writeFileSync(watch, WATCH_LOADING);
    const list = join(directory, 'loaded.json');

    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        ...['--require', watch],
        join(AGENT, 'bin/kubernetes-audit-agent'),
        ...['login', '--portal', PORTAL, '--cache-dir', cacheDirectory],
      ],
      { env: { ...process.env, LOADED: list } },
    );
    expect(JSON.parse(stdout)).toEqual({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: {
        token: 'a-token',
        expirationTimestamp: '2999-01-01T00:00:00Z',
      },
    });

    const loaded: string[] = JSON.parse(readFileSync(list, 'utf8'));
    const sources = join(AGENT, 'src/');
    expect(
      loaded
        .filter(file => file.startsWith(sources))
        .map(file => relative(sources, file))
        .sort(),
    ).toEqual([
      'index.ts',
      'loading/exportsOf.ts',
      'loading/index.ts',
      'login/Login.ts',
      'login/LoginCache.ts',
      'login/LoginLock.ts',
      'login/execCredential.ts',
      'login/hasFields.ts',
      'login/index.ts',
      'login/openBrowser.ts',
      'login/portalApiUrl.ts',
      'login/runLogin.ts',
      'main.ts',
    ]);
    const isLoaded = (name: string) =>
      loaded.some(
        file =>
          file.includes(`/node_modules/${name}/`) ||
          file.includes(`/${name.replace('backstage-plugin-', '')}/src/`),
      );
    expect(Object.keys(packageJson.dependencies).filter(isLoaded)).toEqual([
      'commander',
    ]);
  });
});
