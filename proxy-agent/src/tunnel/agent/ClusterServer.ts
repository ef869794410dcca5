import {
  createServer,
  IncomingMessage,
  Server,
  ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { RequestBodyCapture } from '../../audit';
import {
  askForUpgrade,
  CallTarget,
  ConnectionPair,
  discardRest,
  Exchange,
  PASS_THROUGH,
  Refusal,
  relayedRequestHeaders,
  relayUpgradeRefusal,
  requestBody,
  readStart,
  respondOnSocket,
  sendRefusal,
  switchingProtocols,
  UpstreamTroubles,
  WaitingClient,
} from '../../forward';
import type { RawHeaders, Upstream } from '../../upstream';
import { identityObjection } from './identityObjection';
import { targetObjection } from './targetObjection';

/** The largest request head, in bytes: as large as proxies take. */
const MAX_REQUEST_HEAD_BYTES = 256 * 1024;

/** A call that may be sent on, with these headers. */
type AdmittedCall = CallTarget & { headers: RawHeaders };

const READING_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * What a proxy reaches through a tunnel instead of a cluster's API server: it
 * forwards what comes in the name of a user, with the agent's credential.
 */
export class ClusterServer {
  readonly #cluster: () => Upstream | undefined;
  readonly #name: string;
  readonly #troubles: UpstreamTroubles;
  readonly #logger: Logger;
  readonly #server: Server;
  #calls = 0;
  #refusals = 0;

  static create(options: {
    name: string;
    /** As it is configured now; undefined when it is no more. */
    cluster: () => Upstream | undefined;
    troubles: UpstreamTroubles;
    logger: Logger;
  }): ClusterServer {
    return new ClusterServer(options);
  }

  private constructor(options: {
    name: string;
    cluster: () => Upstream | undefined;
    troubles: UpstreamTroubles;
    logger: Logger;
  }) {
    this.#name = options.name;
    this.#cluster = options.cluster;
    this.#troubles = options.troubles;
    this.#logger = options.logger;
    this.#server = createServer({
      maxHeaderSize: MAX_REQUEST_HEAD_BYTES,
      // Proxies close idle streams, and a proxy that has gone is noticed by its
      // tunnel: a timer for each answer would be for nothing.
      keepAliveTimeout: 0,
      requestTimeout: 0,
      insecureHTTPParser: false,
    });
    this.#server.maxHeadersCount = 0;
    this.#server.on('request', (request, response) => {
      this.#forward(request, response).catch(error => {
        sendRefusal(response, this.#failure(error));
        discardRest(request);
      });
    });
    this.#server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      this.#upgrade(request, socket, head).catch(error =>
        respondOnSocket(request, socket, response =>
          sendRefusal(response, this.#failure(error)),
        ),
      );
    });
  }

  /** Calls that were sent on. */
  get calls(): number {
    return this.#calls;
  }

  /** Calls that no proxy that is what it should be would send, and that were not sent on. */
  get refusals(): number {
    return this.#refusals;
  }

  /** Serves what comes on a stream as on a connection. */
  accept(stream: Duplex): void {
    this.#server.emit('connection', stream);
  }

  async #forward(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const target = this.#admit(request);
    if ('reason' in target) {
      sendRefusal(response, target);
      discardRest(request);
      return;
    }
    let body;
    try {
      body = await requestBody(request, RequestBodyCapture.create(0));
    } catch {
      // The proxy's client has gone.
      response.destroy();
      return;
    }
    await Exchange.create({
      request,
      response,
      body,
      target,
      headers: () => target.headers,
      takeOtherRoute: () => false,
      record: {
        isReading: READING_METHODS.has(request.method ?? ''),
        hasOutcome: true,
        outcome: async () => {},
      },
      troubles: this.#troubles,
    }).run();
  }

  async #upgrade(
    request: IncomingMessage,
    socket: Duplex,
    firstBytes: Buffer,
  ): Promise<void> {
    const target = this.#admit(request);
    if ('reason' in target) {
      respondOnSocket(request, socket, response =>
        sendRefusal(response, target),
      );
      return;
    }
    const client = WaitingClient.create(socket, firstBytes);
    let answer;
    try {
      answer = await askForUpgrade(
        request,
        target,
        () => target.headers,
        client.gone,
      );
    } catch (error) {
      client.release();
      this.#troubles.notAnswered(this.#name, error as Error);
      const { message } = error as Error;
      respondOnSocket(request, socket, response =>
        sendRefusal(response, { code: 502, reason: 'InternalError', message }),
      );
      return;
    }
    const { head, connection, firstBytes: fromUpstream } = answer;
    this.#troubles.answered(this.#name, head.statusCode);
    if (!fromUpstream) {
      const start = await readStart(head);
      client.release();
      respondOnSocket(request, socket, response => {
        response.once('close', () => connection.socket.destroy());
        relayUpgradeRefusal(head, start, response);
      });
      return;
    }
    socket.write(switchingProtocols(head));
    ConnectionPair.create(
      { client: socket, upstream: connection },
      PASS_THROUGH,
    ).start({
      client: client.release(),
      upstream: fromUpstream,
    });
  }

  #admit(request: IncomingMessage): AdmittedCall | Refusal {
    const cluster = this.#cluster();
    if (!cluster) {
      // The proxy is about to learn it.
      const message = `the tunnel agent reaches the cluster "${
        this.#name
      }" no more`;
      return { code: 503, reason: 'ServiceUnavailable', message };
    }
    const headers = relayedRequestHeaders(request, cluster);
    const objection = targetObjection(request) ?? identityObjection(headers);
    if (objection) {
      this.#refusals += 1;
      this.#logger.warn({ cluster: cluster.name }, objection);
      return { code: 403, reason: 'Forbidden', message: objection };
    }
    const route = cluster.route();
    if (!route) {
      const message = cluster.unreachable;
      return { code: 503, reason: 'ServiceUnavailable', message };
    }
    this.#calls += 1;
    return {
      cluster,
      route,
      url: request.url ?? '/',
      info: { resource: '' },
      headers,
    };
  }

  #failure(error: Error): Refusal {
    this.#logger.error({ err: error }, 'a call failed inside the tunnel agent');
    return {
      code: 502,
      reason: 'InternalError',
      message: 'the tunnel agent failed; its log says why',
    };
  }
}
