import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { AuditLog } from '../audit';
import type { CredentialVerifier } from '../authn';
import { Authorizer, resolveImpersonation } from '../authz';
import {
  authorizationVerb,
  InvalidRequestUrlError,
  parseRequestInfo,
  sessionKind,
  UpgradeKind,
  upgradeKind,
} from '../request';
import { SpoolError } from '../spool';
import type { UpstreamClusters } from '../upstream';
import { forwardRequest } from './forwardRequest';
import { forwardUpgrade } from './forwardUpgrade';
import { Refusal, sendRefusal } from './kubernetesStatus';
import { eventHead, KnownOfRequest, RequestContext } from './RequestContext';
import { discardRest } from './requestBody';
import { requestedImpersonation } from './requestedImpersonation';
import type { Sessions } from './Sessions';
import { unacceptable } from './unacceptable';
import { respondOnSocket } from './respondOnSocket';
import { Stopwatch } from './Stopwatch';
import { isHeaderValue } from './upstreamHeaders';

/** Of what stands for a cluster's name so much is recorded, in UTF-16 code units. */
const MAX_CLUSTER_NAME_LENGTH = 253;
/** Of the reason of a refusal so much is told, in UTF-16 code units: it names the path. */
const MAX_REASON_LENGTH = 4096;

const CLUSTER_PATH = /^\/clusters\/([^/?]+)(\/[^?]*)?(\?.*)?$/;

type Verdict =
  | { forward: true; context: RequestContext }
  | { forward: false; refusal: Refusal; known: KnownOfRequest };

type RequestHandlerOptions = {
  clusters: UpstreamClusters;
  verifier: CredentialVerifier;
  authorizer: Authorizer;
  audit: AuditLog;
  sessions: Sessions;
  /** Why no request can be taken now, in words for a user. */
  unavailable: () => string | undefined;
  /** Bytes of a request body that are parsed for the audit at the most. */
  maxParsedBody: number;
  logger: Logger;
  now?: () => number;
};

/** What a request passes on its way: request → authn → authz → audit attempt → forward → audit outcome. */
export class RequestHandler {
  readonly #clusters: UpstreamClusters;
  readonly #verifier: CredentialVerifier;
  readonly #authorizer: Authorizer;
  readonly #audit: AuditLog;
  readonly #sessions: Sessions;
  readonly #unavailable: () => string | undefined;
  readonly #maxParsedBody: number;
  readonly #logger: Logger;
  readonly #now: () => number;

  static create(options: RequestHandlerOptions): RequestHandler {
    return new RequestHandler(options);
  }

  private constructor(options: RequestHandlerOptions) {
    this.#clusters = options.clusters;
    this.#verifier = options.verifier;
    this.#authorizer = options.authorizer;
    this.#audit = options.audit;
    this.#sessions = options.sessions;
    this.#unavailable = options.unavailable;
    this.#maxParsedBody = options.maxParsedBody;
    this.#logger = options.logger;
    this.#now = options.now ?? Date.now;
  }

  /** Answers an ordinary request. */
  async handleRequest(
    request: IncomingMessage,
    response: ServerResponse,
    clientIp: string,
  ): Promise<void> {
    try {
      const verdict = await this.#judge(request, clientIp, undefined);
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
      const upgrade = upgradeKind(request.headers) ?? 'other';
      const verdict = await this.#judge(request, clientIp, upgrade);
      if (verdict.forward) {
        await forwardUpgrade(request, socket, firstBytes, verdict.context, {
          audit: this.#audit,
          sessions: this.#sessions,
        });
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

  async #judge(
    request: IncomingMessage,
    clientIp: string,
    upgrade: UpgradeKind | undefined,
  ): Promise<Verdict> {
    const known: KnownOfRequest = {
      clientIp,
      startedAt: this.#now(),
      stopwatch: Stopwatch.start(),
      clusterName: '',
      url: request.url ?? '',
    };
    const refuse = (
      code: number,
      reason: Refusal['reason'],
      message: string,
    ): Verdict => ({
      forward: false,
      refusal: { code, reason, message: message.slice(0, MAX_REASON_LENGTH) },
      known,
    });

    const unavailable = this.#unavailable();
    if (unavailable) {
      return refuse(503, 'ServiceUnavailable', unavailable);
    }
    const path = CLUSTER_PATH.exec(known.url);
    if (!path) {
      return refuse(
        404,
        'NotFound',
        'the API of a cluster is below /clusters/<name>',
      );
    }
    const [, clusterName, rest = '/', query = ''] = path;
    known.clusterName = clusterName.slice(0, MAX_CLUSTER_NAME_LENGTH);
    known.url = `${rest}${query}`;

    const authentication = await this.#verifier.authenticate(
      request.headers.authorization,
    );
    if (!authentication.ok) {
      return refuse(401, 'Unauthorized', authentication.reason);
    }
    const { claims } = authentication;
    known.claims = claims;

    const cluster = this.#clusters.get(clusterName);
    if (!cluster) {
      return refuse(
        404,
        'NotFound',
        `this proxy has no cluster "${clusterName}"`,
      );
    }
    known.cluster = cluster;

    let info;
    try {
      info = parseRequestInfo(request.method ?? '', known.url);
    } catch (error) {
      if (error instanceof InvalidRequestUrlError) {
        return refuse(400, 'BadRequest', error.message);
      }
      throw error;
    }
    const requested = requestedImpersonation(request.rawHeaders);
    const objection = unacceptable(request, info, requested);
    if (objection) {
      return refuse(400, 'BadRequest', objection);
    }
    known.info = info;
    known.requested = requested;
    const decision = this.#authorizer.decide([claims.sub, ...claims.groups], {
      cluster: { name: cluster.name, tags: cluster.config.tags },
      clientIp,
      isResourceRequest: info.isResourceRequest,
      verb: authorizationVerb(info),
      path: info.path,
      apiGroup: info.apiGroup,
      resource: info.resource,
      subresource: info.subresource,
      namespace: info.namespace,
      name: info.name,
      unknownUpgrade: upgrade !== undefined && sessionKind(info) === undefined,
    });
    if (!decision.allowed) {
      known.roleName = decision.role;
      return refuse(
        403,
        'Forbidden',
        `${claims.kubernetesUser} ${decision.reason}`,
      );
    }
    known.roleName = decision.role.role.name;

    const resolved = resolveImpersonation(claims, decision.role, requested);
    if (!resolved.ok) {
      return refuse(403, 'Forbidden', resolved.reason);
    }
    const { impersonation } = resolved;
    if (![impersonation.user, ...impersonation.groups].every(isHeaderValue)) {
      return refuse(
        400,
        'BadRequest',
        'a name to impersonate has characters that a header cannot carry',
      );
    }
    known.impersonation = impersonation;

    const head = eventHead(request, known);
    return {
      forward: true,
      context: {
        id: head.id,
        startedAt: known.startedAt,
        stopwatch: known.stopwatch,
        cluster,
        info,
        url: known.url,
        clientIp,
        claims,
        role: decision.role,
        impersonation,
        head,
      },
    };
  }

  async #recordRefusal(
    request: IncomingMessage,
    { refusal, known }: { refusal: Refusal; known: KnownOfRequest },
  ): Promise<void> {
    if (refusal.code === 503) {
      // The spool is what is unavailable.
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
