import type { IncomingMessage } from 'node:http';
import { v7 as uuidv7 } from 'uuid';
import type {
  CompiledRole,
  CredentialClaims,
  Impersonation,
  RequestedImpersonation,
} from 'backstage-plugin-kubernetes-audit-common';
import { EventHead, redactTokens, redactUri } from '../audit';
import {
  authorizationVerb,
  clientName,
  RequestInfo,
  resourceLabel,
} from '../request';
import type { Upstream, UpstreamRoute } from '../upstream';
import type { Stopwatch } from './Stopwatch';

/** A request that may be forwarded: who asks for what, as whom, and where. */
export type RequestContext = {
  /** The event's id. */
  id: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  stopwatch: Stopwatch;
  cluster: Upstream;
  /** The way that it takes to the API server; another one when that turns out to be of no use. */
  route: UpstreamRoute;
  info: RequestInfo;
  /** Path and query below the cluster's prefix, untouched. */
  url: string;
  clientIp: string;
  claims: CredentialClaims;
  role: CompiledRole;
  impersonation: Impersonation;
  /** What is known of the event before it is forwarded. */
  head: EventHead;
};

/** What is known of a request at the moment it is refused or accepted. */
export type KnownOfRequest = {
  clientIp: string;
  startedAt: number;
  stopwatch: Stopwatch;
  clusterName: string;
  cluster?: Upstream;
  route?: UpstreamRoute;
  /** There is no way to the API server: that is recorded, unlike other refusals to serve. */
  isUnreachable?: boolean;
  url: string;
  info?: RequestInfo;
  /** Of whose credential: also of one that is good no more. */
  claims?: CredentialClaims;
  isAuthenticated: boolean;
  roleName?: string;
  requested?: RequestedImpersonation;
  impersonation?: Impersonation;
};

/**
 * So many groups are told: portals may take no more. Behind them only
 * `system:authenticated` can follow, which everybody is in.
 */
const MAX_TOLD_GROUPS = 256;

const optional = (text: string | undefined) => text || undefined;

/** What an event says of the tunnel that a call goes through. */
function throughTunnel(route: UpstreamRoute | undefined) {
  return {
    tunnelAgentName: route?.tunnel?.agentName,
    tunnelTag: route?.tunnel?.tag,
  };
}

/**
 * Takes another way to the API server, for a call that did not get through.
 *
 * @param tried - those that it took before; the present one is added
 * @returns whether there is another one
 */
export function takeOtherRoute(
  context: RequestContext,
  tried: Set<UpstreamRoute>,
): boolean {
  tried.add(context.route);
  const route = context.cluster.route(tried);
  if (!route) {
    return false;
  }
  context.route = route;
  context.head = {
    ...context.head,
    clusterEndpoint: route.endpoint,
    ...throughTunnel(route),
  };
  return true;
}

/** The event of a request, without its outcome. */
export function eventHead(
  request: IncomingMessage,
  known: KnownOfRequest,
): EventHead {
  const { info, claims, requested } = known;
  const asOther = requested?.user !== undefined;
  return {
    id: uuidv7(),
    executedAt: new Date(known.startedAt).toISOString(),
    userName: claims?.name ?? claims?.kubernetesUser ?? '',
    userEmail: claims?.email,
    userEntityRef: claims?.sub,
    clientIp: known.clientIp,
    clientName: optional(clientName(request.headers['user-agent'])),
    clusterName: known.clusterName,
    clusterEndpoint: known.route?.endpoint ?? known.cluster?.endpoint,
    ...throughTunnel(known.route),
    role: known.roleName,
    namespace: optional(info?.namespace),
    verb: info ? authorizationVerb(info) : (request.method ?? '').toLowerCase(),
    resource: info ? resourceLabel(info) : '',
    resourceName: info?.name ? redactTokens(info.name) : undefined,
    apiGroup: info?.apiGroup,
    apiVersion: optional(info?.apiVersion),
    requestUri: redactUri(known.url),
    impersonatedUser: requested?.user,
    impersonatedGroups: asOther ? requested?.groups : undefined,
    kubernetesGroups: known.impersonation?.groups.slice(0, MAX_TOLD_GROUPS),
    connectedFrom: claims?.connectedFrom ?? 'Proxy',
  };
}
