import { generateKeyPairSync, KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { CompactSign, exportJWK, SignJWT } from 'jose';
import type {
  PolicyBundle,
  Role,
  TunnelAgent,
} from 'backstage-plugin-kubernetes-audit-common';
import { benchmarkRoles, USER_GROUPS } from './benchmarkRoles';

const ISSUER = 'benchmark';
const KEY_ID = 'benchmark-key';
/** How long a credential lasts, in seconds. */
const CREDENTIAL_SECONDS = 12 * 3600;
const NEWLINE = 10;

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The last line's sequence number: batches come in order. */
function lastSequence(lines: Buffer): number {
  const start = lines.lastIndexOf(NEWLINE, lines.length - 2) + 1;
  return JSON.parse(lines.toString('utf8', start)).sequence;
}

function countLines(lines: Buffer): number {
  let count = 0;
  let at = lines.indexOf(NEWLINE);
  while (at !== -1) {
    count++;
    at = lines.indexOf(NEWLINE, at + 1);
  }
  return count;
}

/**
 * The portal as an agent sees it: serves a signed policy and credentials, and
 * acknowledges what is delivered without keeping it.
 */
export class SinkPortal {
  /** @param options - `answer`: to other calls; undefined where there is none */
  static async listen(
    port: number,
    options: {
      roles?: Role[];
      tunnels?: TunnelAgent[];
      answer?: (path: string, body: Buffer) => object | undefined;
    } = {},
  ): Promise<void> {
    const { publicKey, privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
    });
    const portal = new SinkPortal(privateKey, {
      version: Date.now(),
      issuedAt: new Date().toISOString(),
      issuer: ISSUER,
      roles: options.roles ?? benchmarkRoles(),
      tunnels: options.tunnels,
      keys: [
        {
          ...(await exportJWK(publicKey)),
          kty: 'EC',
          kid: KEY_ID,
          alg: 'ES256',
        },
      ],
      revocations: { credentials: [], users: [] },
    });
    const server = createServer(async (request, response) => {
      const { status, body, headers } = await portal.#answer(
        request,
        options.answer,
      );
      response.writeHead(status, {
        'content-type': 'application/json',
        ...headers,
      });
      response.end(body && JSON.stringify(body));
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  }

  readonly #key: KeyObject;
  readonly #bundle: PolicyBundle;
  /** Records by the agent that sent them. */
  readonly #records = new Map<string, number>();

  private constructor(key: KeyObject, bundle: PolicyBundle) {
    this.#key = key;
    this.#bundle = bundle;
  }

  async #answer(
    request: IncomingMessage,
    answerOther?: (path: string, body: Buffer) => object | undefined,
  ): Promise<{
    status: number;
    body?: object;
    headers?: Record<string, string>;
  }> {
    const body = await readBody(request);
    const agent = `${request.headers['x-agent-id']}`;
    const path = `${request.url}`.split('?')[0];
    switch (path) {
      case '/.well-known/jwks.json':
        return { status: 200, body: { keys: this.#bundle.keys } };
      case '/v1/agent/bundle':
        return await this.#answerBundle(request);
      case '/v1/agent/heartbeat':
        return { status: 200, body: {} };
      case '/v1/ingest/events': {
        const lines = gunzipSync(body);
        this.#records.set(
          agent,
          (this.#records.get(agent) ?? 0) + countLines(lines),
        );
        return {
          status: 200,
          body: { acknowledgedSequence: lastSequence(lines) },
        };
      }
      case '/benchmark/records':
        return {
          status: 200,
          body: { records: this.#records.get(agent) ?? 0 },
        };
      case '/benchmark/credential':
        return { status: 200, body: { credential: await this.#issue() } };
      default: {
        const answer = answerOther?.(path, body);
        return { status: answer ? 200 : 404, body: answer ?? {} };
      }
    }
  }

  async #answerBundle(request: IncomingMessage) {
    const etag = `"${this.#bundle.version}"`;
    if (request.headers['if-none-match'] === etag) {
      const wait = new URL(`http://portal${request.url}`).searchParams;
      await new Promise(resolve => {
        setTimeout(resolve, Number(wait.get('wait')) * 1000);
      });
      return { status: 304 };
    }
    const bundle = await new CompactSign(
      Buffer.from(JSON.stringify(this.#bundle)),
    )
      .setProtectedHeader({ alg: 'ES256', kid: KEY_ID })
      .sign(this.#key);
    return { status: 200, body: { bundle }, headers: { etag } };
  }

  async #issue(): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return await new SignJWT({
      iss: ISSUER,
      aud: 'default',
      sub: 'user:default/guest',
      jti: 'credential-1',
      iat: now,
      exp: now + CREDENTIAL_SECONDS,
      kubernetesUser: 'guest',
      name: 'Guest User',
      email: 'guest@example.com',
      groups: ['user:default/guest', ...USER_GROUPS],
    })
      .setProtectedHeader({ alg: 'ES256', kid: KEY_ID })
      .sign(this.#key);
  }
}
