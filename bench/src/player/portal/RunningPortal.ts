import { ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';

/** How long the portal may take to start, in milliseconds. */
const START_MS = 120_000;
const POLL_MS = 200;
const AGENT = 'bench-proxy';
/** The backend of `npm start`. */
const OWN_BACKEND = join(__dirname, '../../../../packages/backend');

const tokenSchema = z.object({
  backstageIdentity: z.object({ token: z.string() }),
});

/** The portal, in a process of its own. */
export class RunningPortal {
  readonly #child: ChildProcess;
  readonly #agentToken: string;
  readonly url: string;

  /**
   * @param options - `directory` keeps its database and recordings from run
   *   to run; `pages` is the folder of the pages that it serves, without which
   *   it is the repository's own portal with its app; `database`, as in the
   *   configuration of Backstage, replaces that of the directory
   */
  static async start(options: {
    directory: string;
    pages?: string;
    database?: object;
  }): Promise<RunningPortal> {
    const { directory } = options;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const agentToken = keptSecret(join(directory, 'agent-token'));
    const config = join(directory, 'app-config.json');
    writeFileSync(
      config,
      JSON.stringify(
        configuration({
          ...options,
          port,
          url,
          agentToken,
          encryptionSecret: keptSecret(join(directory, 'encryption-secret')),
        }),
      ),
      { mode: 0o600 },
    );
    const log = openSync(join(directory, 'portal.log'), 'w', 0o600);
    const child = spawn(
      process.execPath,
      [
        '--require',
        '@backstage/cli/config/nodeTransform.cjs',
        ...(options.pages === undefined
          ? ['src/index.ts']
          : [join(__dirname, 'portal.ts')]),
        `--config=${config}`,
      ],
      {
        cwd: options.pages === undefined ? OWN_BACKEND : undefined,
        stdio: ['ignore', log, log],
        env: { ...process.env, NODE_ENV: 'production', LOG_LEVEL: 'warn' },
      },
    );
    process.once('exit', () => child.kill());
    const portal = new RunningPortal(child, url, agentToken);
    await portal.#untilReady();
    return portal;
  }

  private constructor(child: ChildProcess, url: string, agentToken: string) {
    this.#child = child;
    this.url = url;
    this.#agentToken = agentToken;
  }

  /** What comes before the plugin's paths. */
  get api(): string {
    return `${this.url}/api/kubernetes-audit`;
  }

  get agentHeaders(): Record<string, string> {
    return {
      authorization: `Bearer ${this.#agentToken}`,
      'x-agent-id': AGENT,
    };
  }

  /** A token of the guest, who may do everything. */
  async signIn(): Promise<string> {
    const response = await fetch(`${this.url}/api/auth/guest/refresh`, {
      headers: { 'x-requested-with': 'XMLHttpRequest' },
    });
    return tokenSchema.parse(await response.json()).backstageIdentity.token;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      await once(this.#child, 'exit');
    }
  }

  async #untilReady(): Promise<void> {
    const deadline = Date.now() + START_MS;
    for (;;) {
      const response = await fetch(
        `${this.url}/.backstage/health/v1/readiness`,
      ).catch(() => undefined);
      if (response?.ok) {
        return;
      }
      if (this.#child.exitCode !== null || Date.now() > deadline) {
        await this.stop();
        throw new Error('the portal does not start');
      }
      await new Promise(resolve => {
        setTimeout(resolve, POLL_MS);
      });
    }
  }
}

function configuration(options: {
  directory: string;
  pages?: string;
  database?: object;
  port: number;
  url: string;
  agentToken: string;
  encryptionSecret: string;
}) {
  return {
    app: {
      title: 'Benchmark',
      baseUrl: options.url,
      extensions: [{ 'page:catalog': { config: { path: '/' } } }],
    },
    backend: {
      baseUrl: options.url,
      listen: { host: '127.0.0.1', port: options.port },
      database: options.database ?? {
        client: 'better-sqlite3',
        connection: { directory: join(options.directory, 'database') },
      },
      auth: {
        externalAccess: [
          {
            type: 'static',
            options: { token: options.agentToken, subject: `agent:${AGENT}` },
            accessRestrictions: [{ plugin: 'kubernetes-audit' }],
          },
        ],
      },
    },
    auth: {
      providers: {
        guest: {
          userEntityRef: 'user:default/guest',
          dangerouslyAllowOutsideDevelopment: true,
        },
      },
    },
    permission: { enabled: true },
    ...(options.pages !== undefined && {
      playerBench: { pages: options.pages },
    }),
    kubernetesAudit: {
      agents: [{ id: AGENT, subject: `agent:${AGENT}`, clusters: ['*'] }],
      keys: { encryptionSecret: options.encryptionSecret },
      recordings: {
        path: join(options.directory, 'recordings'),
        maxPlaybackSize: 'unlimited',
      },
    },
  };
}

function keptSecret(file: string): string {
  if (!existsSync(file)) {
    writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 });
  }
  return readFileSync(file, 'utf8');
}

/** A port of loopback that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
