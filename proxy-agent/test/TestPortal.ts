import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { createServer, IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { CompactSign, exportJWK, generateKeyPair, SignJWT } from 'jose';
import {
  CredentialClaims,
  formatJoinToken,
  joinProofText,
  JoinToken,
  PolicyBundle,
  roleSchema,
  SpoolRecord,
  TunnelJoin,
  tunnelJoinSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import { z } from 'zod';

const ISSUER = 'test-portal';
export const AGENT_ID = 'test-proxy';
export const AGENT_TOKEN = 'agent-token-for-tests';

/** A call below `/v1/ingest`. */
export type IngestCall = {
  path: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
};

/** What the portal says to a call. */
type Answer = {
  status: number;
  body: unknown;
  etag?: string;
  headers?: Record<string, string>;
};

/** A role as an administrator writes it. */
export type RoleInput = z.input<typeof roleSchema>;

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * The portal as the proxy sees it, over a real socket: issues credentials,
 * serves a signed policy, and takes events and recordings into memory.
 */
export class TestPortal {
  /** By `epoch/sequence`: what at-least-once delivery brought. */
  readonly records = new Map<string, SpoolRecord>();
  readonly chunks = new Map<string, Buffer>();
  readonly completions = new Map<string, Record<string, unknown>>();
  readonly heartbeats: Record<string, unknown>[] = [];
  /** Globs of the clusters that the agent may speak of; unsaid while undefined. */
  clusters: string[] | undefined;
  /** Answers every call with this status while set. */
  outage: number | undefined;
  /** … and with this message in an error body of Backstage. */
  outageMessage: string | undefined;
  /** Answers the calls of ingest instead of the memory above while set. */
  onIngest: ((call: IngestCall) => Answer) | undefined;

  /** Told to each proxy that sends a heartbeat. */
  instances: string[] | undefined;

  readonly #joinTokens = new Map<string, JoinToken>();
  readonly #server: Server;
  readonly #keys: CryptoKeyPair;
  #bundle: PolicyBundle;

  static async start(roles: RoleInput[]): Promise<TestPortal> {
    const keys = await generateKeyPair('ES256');
    const publicKey = {
      ...(await exportJWK(keys.publicKey)),
      kty: 'EC',
      kid: 'test-key',
      alg: 'ES256',
    };
    const portal = new TestPortal(keys as CryptoKeyPair, {
      version: Date.now(),
      issuedAt: new Date().toISOString(),
      issuer: ISSUER,
      roles: roles.map(role => roleSchema.parse(role)),
      keys: [publicKey],
      revocations: { credentials: [], users: [] },
    });
    await new Promise<void>(resolve => {
      portal.#server.listen(0, '127.0.0.1', resolve);
    });
    return portal;
  }

  private constructor(keys: CryptoKeyPair, bundle: PolicyBundle) {
    this.#keys = keys;
    this.#bundle = bundle;
    this.#server = createServer(async (request, response) => {
      try {
        const { status, body, etag, headers } = await this.#answer(request);
        response.writeHead(status, {
          'content-type': 'application/json',
          ...(etag && { etag }),
          ...headers,
        });
        response.end(JSON.stringify(body));
      } catch {
        // The proxy went away in the middle of its call.
        response.destroy();
      }
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get bundleVersion(): number {
    return this.#bundle.version;
  }

  get tunnels(): PolicyBundle['tunnels'] {
    return this.#bundle.tunnels;
  }

  /** From the next poll on these tunnel agents may connect. */
  setTunnels(tunnels: PolicyBundle['tunnels']): void {
    this.#bundle = {
      ...this.#bundle,
      version: this.#bundle.version + 1,
      tunnels,
    };
  }

  /** Lets one agent of this name join; @returns its token */
  issueJoinToken(
    name: string,
    tags: Record<string, string>,
    clusters: string[] = ['*'],
  ): string {
    const token: JoinToken = {
      id: randomUUID(),
      secret: randomBytes(32).toString('base64url'),
      name,
      tags,
      clusters,
    };
    this.#joinTokens.set(token.id, token);
    return formatJoinToken(token);
  }

  setRevocations(revocations: PolicyBundle['revocations']): void {
    this.#bundle = {
      ...this.#bundle,
      version: this.#bundle.version + 1,
      revocations,
    };
  }

  /** Each event, merged as the real portal does: an attempt waits for its outcome, of which the first one stays. */
  events(): SpoolRecord[] {
    const events = new Map<string, SpoolRecord>();
    for (const record of this.records.values()) {
      const known = events.get(record.id);
      if (!known || known.phase === 'attempt') {
        events.set(record.id, record);
      }
    }
    return [...events.values()];
  }

  async issue(claims: Partial<CredentialClaims> = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return await new SignJWT({
      iss: ISSUER,
      aud: 'default',
      sub: 'user:default/guest',
      jti: 'credential-1',
      iat: now,
      exp: now + 3600,
      kubernetesUser: 'guest',
      name: 'Guest User',
      email: 'guest@example.com',
      groups: ['user:default/guest', 'group:default/team'],
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'test-key' })
      .sign(this.#keys.privateKey);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => {
      this.#server.close(resolve);
    });
  }

  #join({ tokenId, key, proof }: TunnelJoin): Answer {
    const token = this.#joinTokens.get(tokenId);
    const expected =
      token &&
      createHmac('sha256', token.secret)
        .update(joinProofText(tokenId, key.kid))
        .digest('base64url');
    if (!token || proof !== expected) {
      const message = 'the join token is not valid, or was used';
      return { status: 403, body: { error: { message } } };
    }
    this.#joinTokens.delete(tokenId);
    const { name, tags, clusters } = token;
    const others = this.#bundle.tunnels?.filter(other => other.name !== name);
    this.setTunnels([...(others ?? []), { name, tags, clusters, key }]);
    return { status: 200, body: { name, tags, clusters } };
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const body = await readBody(request);
    const path = request.url?.split('?')[0] ?? '';
    if (this.outage) {
      const message = this.outageMessage;
      return {
        status: this.outage,
        body: { error: message ? { message } : 'outage' },
      };
    }
    if (path === '/.well-known/jwks.json') {
      return { status: 200, body: { keys: this.#bundle.keys } };
    }
    if (request.headers.authorization !== `Bearer ${AGENT_TOKEN}`) {
      return { status: 401, body: { error: 'unauthorized' } };
    }
    if (path === '/v1/agent/bundle') {
      const etag = `"${this.#bundle.version}"`;
      if (request.headers['if-none-match'] === etag) {
        return { status: 304, body: undefined, etag };
      }
      const jws = await new CompactSign(
        Buffer.from(JSON.stringify(this.#bundle)),
      )
        .setProtectedHeader({ alg: 'ES256', kid: 'test-key' })
        .sign(this.#keys.privateKey);
      return {
        status: 200,
        body: { bundle: jws, clusters: this.clusters },
        etag,
      };
    }
    if (path === '/v1/agent/heartbeat') {
      this.heartbeats.push(JSON.parse(body.toString()));
      return { status: 200, body: { instances: this.instances } };
    }
    if (path === '/v1/agent/tunnels/join') {
      return this.#join(tunnelJoinSchema.parse(JSON.parse(body.toString())));
    }
    if (this.onIngest && path.startsWith('/v1/ingest/')) {
      return this.onIngest({ path, headers: request.headers, body });
    }
    if (path === '/v1/ingest/events') {
      const lines = gunzipSync(body).toString().split('\n').filter(Boolean);
      let acknowledgedSequence = 0;
      for (const line of lines) {
        const record = JSON.parse(line);
        const epoch = request.headers['x-spool-epoch'];
        this.records.set(`${epoch}/${record.sequence}`, record);
        acknowledgedSequence = record.sequence;
      }
      return { status: 200, body: { acknowledgedSequence } };
    }
    const recording =
      /^\/v1\/ingest\/recordings\/([^/]+)\/(?:chunks\/(\d+)|complete)$/.exec(
        path,
      );
    if (recording) {
      const [, id, index] = recording;
      if (index === undefined) {
        this.completions.set(id, JSON.parse(body.toString()));
      } else {
        this.chunks.set(`${id}/${index}`, body);
      }
      return { status: 200, body: {} };
    }
    return { status: 404, body: { error: 'not found' } };
  }
}
