import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from '../../app/e2e-tests/support/eventually';
import { findPort } from './findPort';

/** A backend starts from its sources, on a machine that does much beside it. */
const START_TIMEOUT_MS = 180_000;
const NODE_TRANSFORM = require.resolve(
  '@backstage/cli/config/nodeTransform.cjs',
);

/** The proxy as the portal knows it. */
export const AGENT = {
  id: 'demo-proxy',
  token: 'a-token-of-the-proxy-that-is-long-enough',
};

/** A portal with Backstage's own Kubernetes plugin, used by the guest. */
export class PortalUnderTest {
  /** @param recordings - a folder */
  static async start(recordings: string): Promise<PortalUnderTest> {
    const port = await findPort();
    const url = `http://127.0.0.1:${port}`;
    const backend = spawn(
      process.execPath,
      ['--require', NODE_TRANSFORM, join(__dirname, 'kubernetesPortal.ts')],
      {
        env: {
          LOG_LEVEL: 'error',
          ...process.env,
          PORT: String(port),
          RECORDINGS: recordings,
        },
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    );
    const exit = once(backend, 'exit');
    const stop = async () => {
      backend.kill('SIGTERM');
      await exit;
    };
    try {
      const token = await eventually(() => signIn(url), START_TIMEOUT_MS);
      return new PortalUnderTest(url, token, stop);
    } catch (error) {
      await stop();
      throw error;
    }
  }

  private constructor(
    readonly url: string,
    readonly token: string,
    readonly stop: () => Promise<void>,
  ) {}

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      ...init,
      headers: {
        authorization: `Bearer ${this.token}`,
        'content-type': 'application/json',
        ...init.headers,
      },
    });
  }

  /** What is answered, which must be well. */
  async json(path: string, init?: RequestInit) {
    const response = await this.fetch(path, init);
    if (!response.ok) {
      throw new Error(`${path}: ${response.status} ${await response.text()}`);
    }
    return response.json();
  }
}

/** The guest's token. */
async function signIn(url: string): Promise<string> {
  const response = await fetch(`${url}/api/auth/guest/refresh`, {
    headers: { 'x-requested-with': 'XMLHttpRequest' },
  });
  return (await response.json()).backstageIdentity.token;
}
