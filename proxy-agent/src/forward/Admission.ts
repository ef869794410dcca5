import type { IncomingMessage } from 'node:http';
import {
  resolveImpersonation,
  RoleAuthorizer,
} from 'backstage-plugin-kubernetes-audit-common';
import type { CredentialVerifier } from '../authn';
import type { RequestBudget } from '../authz';
import { authorizationVerb, resourceLabel, sessionKind } from '../request';
import type { UpstreamClusters } from '../upstream';
import { askedFor } from './askedFor';
import type { Refusal } from './kubernetesStatus';
import { eventHead, KnownOfRequest, RequestContext } from './RequestContext';
import { Stopwatch } from './Stopwatch';
import type { UnauthenticatedRefusals } from './UnauthenticatedRefusals';
import { isHeaderValue } from './upstreamHeaders';

/** Of what stands for a cluster's name so much is recorded, in UTF-16 code units. */
const MAX_CLUSTER_NAME_LENGTH = 253;
/** Of the reason of a refusal so much is told, in UTF-16 code units: it names the path. */
const MAX_REASON_LENGTH = 4096;

const CLUSTER_PATH = /^\/clusters\/([^/?]+)(\/[^?]*)?(\?.*)?$/;

/** Whether a request may be forwarded. */
export type Verdict =
  | { forward: true; context: RequestContext }
  | { forward: false; refusal: Refusal; known: KnownOfRequest };

/** What {@link Admission} goes by. */
export type AdmissionOptions = {
  clusters: UpstreamClusters;
  verifier: CredentialVerifier;
  authorizer: RoleAuthorizer;
  /** How many requests one user may send. */
  budget: RequestBudget;
  /** How many requests one address may send without a valid credential. */
  unauthenticated: UnauthenticatedRefusals;
  /** Why no request can be taken now, in words for a user. */
  unavailable: () => string | undefined;
  /** Why no request can be recorded now, in words for a user. */
  unrecordable: () => string | undefined;
  /** Hears of each use of a valid credential. */
  noteUse?: (credentialId: string, at: number) => void;
  /** Whether the portal takes records of a cluster from this proxy. */
  isBoundTo: (clusterName: string) => boolean;
  now?: () => number;
};

/** Decides about a request by its head: request → authn → authz. */
export class Admission {
  readonly #clusters: UpstreamClusters;
  readonly #verifier: CredentialVerifier;
  readonly #authorizer: RoleAuthorizer;
  readonly #budget: RequestBudget;
  readonly #unauthenticated: UnauthenticatedRefusals;
  readonly #unavailable: () => string | undefined;
  readonly #unrecordable: () => string | undefined;
  readonly #isBoundTo: (clusterName: string) => boolean;
  readonly #noteUse: ((credentialId: string, at: number) => void) | undefined;
  readonly #now: () => number;

  static create(options: AdmissionOptions): Admission {
    return new Admission(options);
  }

  private constructor(options: AdmissionOptions) {
    this.#clusters = options.clusters;
    this.#verifier = options.verifier;
    this.#authorizer = options.authorizer;
    this.#budget = options.budget;
    this.#unauthenticated = options.unauthenticated;
    this.#unavailable = options.unavailable;
    this.#unrecordable = options.unrecordable;
    this.#isBoundTo = options.isBoundTo;
    this.#noteUse = options.noteUse;
    this.#now = options.now ?? Date.now;
  }

  /** @param isUpgrade - whether the connection is to become something else */
  async judge(
    request: IncomingMessage,
    clientIp: string,
    isUpgrade: boolean,
  ): Promise<Verdict> {
    const known: KnownOfRequest = {
      clientIp,
      startedAt: this.#now(),
      stopwatch: Stopwatch.start(),
      clusterName: '',
      isAuthenticated: false,
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

    const tooManyWithoutCredential = (): Verdict | undefined =>
      this.#unauthenticated.take(clientIp) > 0
        ? refuse(
            429,
            'TooManyRequests',
            'too many requests without a valid credential come from your address; try again later',
          )
        : undefined;

    const unavailable = this.#unavailable();
    if (unavailable) {
      return refuse(503, 'ServiceUnavailable', unavailable);
    }
    const path = CLUSTER_PATH.exec(known.url);
    if (!path) {
      return (
        tooManyWithoutCredential() ??
        refuse(
          404,
          'NotFound',
          'the API of a cluster is below /clusters/<name>',
        )
      );
    }
    const [, clusterName, rest = '/', query = ''] = path;
    known.clusterName = clusterName.slice(0, MAX_CLUSTER_NAME_LENGTH);
    known.url = `${rest}${query}`;
    const unrecordable = this.#unrecordable();
    if (unrecordable && !this.#mayPassUnrecorded(clusterName, isUpgrade)) {
      return refuse(503, 'ServiceUnavailable', unrecordable);
    }

    if (!this.#isBoundTo(clusterName)) {
      return refuse(
        503,
        'ServiceUnavailable',
        `the portal takes no audit records of cluster "${known.clusterName}" from this proxy: an administrator has to name it in kubernetesAudit.agents[].clusters`,
      );
    }

    const asked = askedFor(request, known.url);
    if ('info' in asked) {
      known.info = asked.info;
      known.requested = asked.requested;
    }
    const authentication = await this.#verifier.authenticate(
      request.headers.authorization,
      request.socket,
    );
    known.claims = authentication.claims;
    if (!authentication.ok) {
      return (
        tooManyWithoutCredential() ??
        refuse(401, 'Unauthorized', authentication.reason)
      );
    }
    const { claims, subjects } = authentication;
    known.isAuthenticated = true;
    this.#noteUse?.(claims.jti, known.startedAt);
    const waitSeconds = this.#budget.take(claims.sub);
    if (waitSeconds > 0) {
      return refuse(
        429,
        'TooManyRequests',
        `${claims.kubernetesUser} has sent too many requests; try again in ${waitSeconds} s`,
      );
    }

    const cluster = this.#clusters.get(clusterName);
    if (!cluster) {
      return refuse(
        404,
        'NotFound',
        `this proxy has no cluster "${clusterName}"`,
      );
    }
    known.cluster = cluster;

    if ('objection' in asked) {
      return refuse(400, 'BadRequest', asked.objection);
    }
    const { info, requested } = asked;
    const decision = this.#authorizer.decide(subjects, {
      cluster: { name: cluster.name, tags: cluster.config.tags },
      clientIp,
      isResourceRequest: info.isResourceRequest,
      verb: authorizationVerb(info),
      path: info.path,
      apiGroup: info.apiGroup,
      resource: info.resource,
      subresource: info.subresource,
      resourceLabel: resourceLabel(info),
      namespace: info.namespace,
      name: info.name,
      unknownUpgrade: isUpgrade && sessionKind(info) === undefined,
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

    const route = cluster.route();
    if (!route) {
      known.isUnreachable = true;
      return refuse(503, 'ServiceUnavailable', cluster.unreachable);
    }
    known.route = route;

    const head = eventHead(request, known);
    return {
      forward: true,
      context: {
        id: head.id,
        startedAt: known.startedAt,
        stopwatch: known.stopwatch,
        cluster,
        route,
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

  /** Sessions never do. */
  #mayPassUnrecorded(clusterName: string, isUpgrade: boolean): boolean {
    const { audit } = this.#clusters.get(clusterName)?.config ?? {};
    return audit?.durability === 'best-effort' && !isUpgrade;
  }
}
