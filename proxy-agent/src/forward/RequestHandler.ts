import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { AuditLog } from '../audit';
import { SpoolError } from '../spool';
import type { UpstreamClusters } from '../upstream';
import { Admission, AdmissionOptions } from './Admission';
import { forwardRequest } from './forwardRequest';
import { Refusal, sendRefusal } from './kubernetesStatus';
import { eventHead, KnownOfRequest } from './RequestContext';
import { discardRest } from './requestBody';
import { respondOnSocket } from './respondOnSocket';
import type { Sessions } from './Sessions';
import { UpgradeExchange } from './UpgradeExchange';

type RequestHandlerOptions = AdmissionOptions & {
  audit: AuditLog;
  sessions: Sessions;
  /** Bytes of a request body that are parsed for the audit at the most. */
  maxParsedBody: number;
  logger: Logger;
};

/** What a request passes on its way: request → authn → authz → audit attempt → forward → audit outcome. */
export class RequestHandler {
  readonly #admission: Admission;
  readonly #clusters: UpstreamClusters;
  readonly #audit: AuditLog;
  readonly #sessions: Sessions;
  readonly #maxParsedBody: number;
  readonly #logger: Logger;

  static create(options: RequestHandlerOptions): RequestHandler {
    return new RequestHandler(options);
  }

  private constructor(options: RequestHandlerOptions) {
    this.#admission = Admission.create(options);
    this.#clusters = options.clusters;
    this.#audit = options.audit;
    this.#sessions = options.sessions;
    this.#maxParsedBody = options.maxParsedBody;
    this.#logger = options.logger;
  }

  /** Answers an ordinary request. */
  async handleRequest(
    request: IncomingMessage,
    response: ServerResponse,
    clientIp: string,
  ): Promise<void> {
    try {
      const verdict = await this.#admission.judge(request, clientIp, false);
      if (verdict.forward) {
        await forwardRequest(request, response, verdict.context, {
          audit: this.#audit,
          maxParsedBody: this.#maxParsedBody,
        });
      } else {
        await this.#recordRefusal(request, verdict);
        sendRefusal(response, verdict.refusal);
        discardRest(request);
      }
    } catch (error) {
      sendRefusal(response, this.#failure(error as Error));
      discardRest(request);
    }
  }

  /** Answers a request to upgrade the connection. */
  async handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    firstBytes: Buffer,
    clientIp: string,
  ): Promise<void> {
    try {
      const verdict = await this.#admission.judge(request, clientIp, true);
      if (verdict.forward) {
        await UpgradeExchange.create({
          request,
          socket,
          firstBytes,
          context: verdict.context,
          audit: this.#audit,
          sessions: this.#sessions,
        }).run();
      } else {
        await this.#recordRefusal(request, verdict);
        respondOnSocket(request, socket, response =>
          sendRefusal(response, verdict.refusal),
        );
      }
    } catch (error) {
      const refusal = this.#failure(error as Error);
      respondOnSocket(request, socket, response =>
        sendRefusal(response, refusal),
      );
    }
  }

  async #recordRefusal(
    request: IncomingMessage,
    { refusal, known }: { refusal: Refusal; known: KnownOfRequest },
  ): Promise<void> {
    // Without the spool there is nowhere to write. A row for each refused call
    // of a user over budget would fill it, and so would calls of clusters that
    // are not here: the portal takes no rows of those.
    if (
      refusal.code === 503 ||
      refusal.code === 429 ||
      !this.#clusters.get(known.clusterName)
    ) {
      return;
    }
    await this.#audit.record({
      ...eventHead(request, known),
      result: 'failure',
      message: refusal.message,
      statusCode: refusal.code,
      latencyMs: known.stopwatch.elapsedMs,
    });
  }

  #failure(error: Error): Refusal {
    if (error instanceof SpoolError) {
      return {
        code: 503,
        reason: 'ServiceUnavailable',
        message: `the call cannot be audited, so it is not forwarded: ${error.message}`,
      };
    }
    this.#logger.error({ err: error }, 'a request failed inside the proxy');
    return {
      code: 500,
      reason: 'InternalError',
      message: 'the proxy failed; its log says why',
    };
  }
}
