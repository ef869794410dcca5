import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { RequestAuditEvent } from 'backstage-plugin-kubernetes-audit-common';
import type { AuditLog } from '../audit';
import { SpoolError } from '../spool';
import type { Upstream, UpstreamClusters } from '../upstream';
import { Admission, AdmissionOptions } from './Admission';
import { forwardRequest } from './forwardRequest';
import { Refusal, sendRefusal } from './kubernetesStatus';
import { eventHead, KnownOfRequest, RequestContext } from './RequestContext';
import { discardRest } from './requestBody';
import { respondOnSocket } from './respondOnSocket';
import type { RunningCalls } from './RunningCalls';
import type { Sessions } from './Sessions';
import type { UnauthenticatedRefusals } from './UnauthenticatedRefusals';
import { UnrecordedOutcomeError } from './UnrecordedOutcomeError';
import { UpgradeExchange } from './UpgradeExchange';
import type { UpstreamTroubles } from './UpstreamTroubles';

type RequestHandlerOptions = AdmissionOptions & {
  audit: AuditLog;
  /** For calls of clusters whose audit is `best-effort`. */
  bestEffortAudit: AuditLog;
  sessions: Sessions;
  running: RunningCalls;
  /** Bytes of a request body that are parsed for the audit at the most. */
  maxParsedBody: number;
  troubles: UpstreamTroubles;
  logger: Logger;
};

/** What a request passes on its way: request → authn → authz → audit attempt → forward → audit outcome. */
export class RequestHandler {
  readonly #admission: Admission;
  readonly #clusters: UpstreamClusters;
  readonly #audit: AuditLog;
  readonly #bestEffortAudit: AuditLog;
  readonly #unauthenticated: UnauthenticatedRefusals;
  readonly #sessions: Sessions;
  readonly #running: RunningCalls;
  readonly #maxParsedBody: number;
  readonly #troubles: UpstreamTroubles;
  readonly #logger: Logger;
  readonly #refusedCalls = new Map<string, number>();

  static create(options: RequestHandlerOptions): RequestHandler {
    return new RequestHandler(options);
  }

  private constructor(options: RequestHandlerOptions) {
    this.#admission = Admission.create(options);
    this.#clusters = options.clusters;
    this.#audit = options.audit;
    this.#bestEffortAudit = options.bestEffortAudit;
    this.#unauthenticated = options.unauthenticated;
    this.#sessions = options.sessions;
    this.#running = options.running;
    this.#maxParsedBody = options.maxParsedBody;
    this.#troubles = options.troubles;
    this.#logger = options.logger;
  }

  /** Calls that the proxy has answered in the place of a cluster, by status code. */
  get refusedCalls(): ReadonlyMap<string, number> {
    return this.#refusedCalls;
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
        await this.#forward(request, response, verdict.context);
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
        await this.#upgrade(request, socket, firstBytes, verdict.context);
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

  async #forward(
    request: IncomingMessage,
    response: ServerResponse,
    context: RequestContext,
  ): Promise<void> {
    const ended = this.#running.begin({
      claims: context.claims,
      // Only a broken connection says that more would have come.
      end: () => response.destroy(),
    });
    try {
      await forwardRequest(request, response, context, {
        audit: this.#auditOf(context.cluster),
        maxParsedBody: this.#maxParsedBody,
        troubles: this.#troubles,
      });
    } finally {
      ended();
    }
  }

  /** Resolves when the session runs: from then on it is one of {@link Sessions}. */
  async #upgrade(
    request: IncomingMessage,
    socket: Duplex,
    firstBytes: Buffer,
    context: RequestContext,
  ): Promise<void> {
    const ended = this.#running.begin({
      claims: context.claims,
      end: () => socket.destroy(),
    });
    try {
      await UpgradeExchange.create({
        request,
        socket,
        firstBytes,
        context,
        audit: this.#audit,
        sessions: this.#sessions,
        troubles: this.#troubles,
      }).run();
    } finally {
      ended();
    }
  }

  async #recordRefusal(
    request: IncomingMessage,
    { refusal, known }: { refusal: Refusal; known: KnownOfRequest },
  ): Promise<void> {
    this.#countRefusal(refusal);
    const cluster = this.#clusters.get(known.clusterName);
    // A row for each refused call of a user over budget would fill the spool,
    // and so would calls of clusters that are not here: the portal takes no
    // rows of those.
    if (
      (refusal.code === 503 && !known.isUnreachable) ||
      (refusal.code === 429 && known.isAuthenticated) ||
      !cluster
    ) {
      return;
    }
    const audit = this.#auditOf(cluster);
    const event: RequestAuditEvent = {
      ...eventHead(request, known),
      result: 'failure',
      message: refusal.message,
      statusCode: refusal.code,
      latencyMs: known.stopwatch.elapsedMs,
    };
    await (known.isAuthenticated
      ? audit.record(event)
      : this.#unauthenticated.record(event, audit));
  }

  #auditOf(cluster: Upstream): AuditLog {
    return cluster.config.audit.durability === 'best-effort'
      ? this.#bestEffortAudit
      : this.#audit;
  }

  #countRefusal({ code }: Refusal): void {
    const key = String(code);
    this.#refusedCalls.set(key, (this.#refusedCalls.get(key) ?? 0) + 1);
  }

  #failure(error: Error): Refusal {
    const refusal = this.#refusalAfter(error);
    this.#countRefusal(refusal);
    return refusal;
  }

  #refusalAfter(error: Error): Refusal {
    if (error instanceof UnrecordedOutcomeError) {
      return {
        code: 503,
        reason: 'ServiceUnavailable',
        message: `the call was sent to the cluster, but its outcome cannot be audited, so its answer is withheld: ${error.message}`,
      };
    }
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
