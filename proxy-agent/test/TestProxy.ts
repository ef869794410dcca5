import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { z } from 'zod';
import { proxyConfigSchema } from '../src/config';
import { Proxy } from '../src/Proxy';
import { AdminServer } from '../src/server';
import { AGENT_ID, AGENT_TOKEN, TestPortal } from './TestPortal';

type ConfigInput = z.input<typeof proxyConfigSchema>;

/** How long a test waits for what has to come, in milliseconds. */
const PATIENCE_MS = 30_000;

/** Resolves when the condition holds; a test's only way to wait. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error(`waited in vain for ${what}`);
    }
    await new Promise(resolve => {
      setTimeout(resolve, 10);
    });
  }
}

/** A whole proxy on loopback, plain HTTP, with a state directory of its own. */
export class TestProxy {
  readonly url: string;
  readonly adminUrl: string;
  readonly stateDirectory: string;
  readonly port: number;
  /** Takes over a configuration that differs from the first one in this. */
  readonly reload: (changes: Partial<ConfigInput>) => void;
  readonly #proxy: Proxy;
  readonly #admin: AdminServer;
  #stopped: Promise<void> | undefined;

  static async start(
    portal: Pick<TestPortal, 'url'>,
    options: Pick<ConfigInput, 'clusters'> &
      Partial<ConfigInput> & { stateDirectory?: string },
    /** What tunnel agents know it by. */
    instance?: string,
  ): Promise<TestProxy> {
    const stateDirectory =
      options.stateDirectory ?? mkdtempSync(join(tmpdir(), 'proxy-'));
    const configure = (changes: Partial<ConfigInput>) =>
      proxyConfigSchema.parse({
        agentId: AGENT_ID,
        portal: { url: portal.url, token: AGENT_TOKEN },
        server: { host: '127.0.0.1', port: 0 },
        ...options,
        ...changes,
        stateDirectory,
      });
    const proxy = await Proxy.start(configure({}), {
      logger: pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' }),
      version: '0.0.0-test',
      instance,
    });
    const admin = AdminServer.fromConfig(
      { host: '127.0.0.1', port: 0 },
      {
        readiness: proxy.readiness,
        metrics: () => proxy.metrics.metrics(),
      },
    );
    await admin.listen();
    const test = new TestProxy(proxy, admin, stateDirectory, changes =>
      proxy.reload(configure(changes)),
    );
    await until(
      async () => (await fetch(`${test.adminUrl}/readyz`)).ok,
      'the proxy to be ready',
    );
    return test;
  }

  private constructor(
    proxy: Proxy,
    admin: AdminServer,
    stateDirectory: string,
    reload: (changes: Partial<ConfigInput>) => void,
  ) {
    this.reload = reload;
    this.#proxy = proxy;
    this.#admin = admin;
    this.port = proxy.port;
    this.url = `http://127.0.0.1:${proxy.port}`;
    this.adminUrl = `http://127.0.0.1:${admin.port}`;
    this.stateDirectory = stateDirectory;
  }

  /** Ends its sessions and stops it; the second call changes nothing. */
  async stop(options: { keepState?: boolean } = {}): Promise<void> {
    this.#stopped ??= this.#stop(options);
    await this.#stopped;
  }

  async #stop(options: { keepState?: boolean }): Promise<void> {
    await this.#proxy.stop();
    await this.#admin.close();
    if (!options.keepState) {
      rmSync(this.stateDirectory, { recursive: true });
    }
  }
}
