import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { tunnelJoinSchema } from 'backstage-plugin-kubernetes-audit-common';
import { PortalClient, PortalError } from '../../delivery';
import type { RequestHandler } from '../../forward';
import {
  JOIN_PATH,
  joinRefusalSchema,
  parseJson,
  STEP_TIMEOUT_MS,
  TUNNEL_PATH,
  TUNNEL_UPGRADE,
} from '../transport';
import type { TunnelHub } from './TunnelHub';

/** Bytes of a join. */
const MAX_JOIN_BYTES = 16 * 1024;
/** Joins at once: anybody can ask for one. */
const MAX_JOINS = 16;
/** Characters of the portal's message that are passed on. */
const MAX_MESSAGE = 500;

type Handler = Pick<RequestHandler, 'handleRequest' | 'handleUpgrade'>;

type JoinAnswer = { code: number; body: object };

/** What comes to the proxy's port for tunnels is for the hub and the portal, everything else for the handler of calls. */
export class TunnelGate implements Handler {
  readonly #handler: Handler;
  readonly #hub: TunnelHub;
  readonly #portal: Pick<PortalClient, 'call'>;
  #joins = 0;

  static before(
    handler: Handler,
    options: { hub: TunnelHub; portal: Pick<PortalClient, 'call'> },
  ): TunnelGate {
    return new TunnelGate(handler, options);
  }

  private constructor(
    handler: Handler,
    options: { hub: TunnelHub; portal: Pick<PortalClient, 'call'> },
  ) {
    this.#handler = handler;
    this.#hub = options.hub;
    this.#portal = options.portal;
  }

  async handleRequest(
    request: IncomingMessage,
    response: ServerResponse,
    clientIp: string,
  ): Promise<void> {
    if (request.url !== JOIN_PATH || request.method !== 'POST') {
      await this.#handler.handleRequest(request, response, clientIp);
      return;
    }
    const { code, body } = await this.#join(request);
    response.writeHead(code, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      connection: 'close',
    });
    response.end(JSON.stringify(body));
  }

  async handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    firstBytes: Buffer,
    clientIp: string,
  ): Promise<void> {
    if (
      request.url !== TUNNEL_PATH ||
      request.headers.upgrade?.toLowerCase() !== TUNNEL_UPGRADE
    ) {
      await this.#handler.handleUpgrade(request, socket, firstBytes, clientIp);
      return;
    }
    if (firstBytes.length > 0) {
      socket.unshift(firstBytes);
    }
    await this.#hub.accept(request, socket, clientIp);
  }

  async #join(request: IncomingMessage): Promise<JoinAnswer> {
    const refused = (code: number, message: string): JoinAnswer => ({
      code,
      body: { error: { message } },
    });
    if (this.#joins >= MAX_JOINS) {
      return refused(429, 'too many agents join at once');
    }
    this.#joins += 1;
    const timer = setTimeout(() => request.destroy(), STEP_TIMEOUT_MS);
    try {
      const text = await readBody(request);
      clearTimeout(timer);
      const join = text && parseJson(text, tunnelJoinSchema);
      if (!join) {
        return refused(400, 'this is no join');
      }
      const answer = await this.#portal.call('POST', '/v1/agent/tunnels/join', {
        body: JSON.stringify(join),
        headers: { 'content-type': 'application/json' },
      });
      return { code: 200, body: JSON.parse(answer.body.toString('utf8')) };
    } catch (error) {
      if (!(error instanceof PortalError)) {
        return refused(
          503,
          'the portal is out of reach, and it alone can let an agent join',
        );
      }
      const message = joinRefusalSchema.safeParse(error.content).data?.error
        .message;
      return refused(
        // A 401 would be about the proxy's credential, not the agent's.
        [400, 403, 404, 409].includes(error.statusCode)
          ? error.statusCode
          : 502,
        (message ?? 'the portal does not take joins').slice(0, MAX_MESSAGE),
      );
    } finally {
      clearTimeout(timer);
      this.#joins -= 1;
    }
  }
}

/** Undefined when it is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_JOIN_BYTES) {
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
