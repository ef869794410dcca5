import type { IncomingMessage } from 'node:http';
import type { RawHeaders, Upstream } from '../upstream';
import type { RequestContext } from './RequestContext';

/** Of one connection only (RFC 9110, section 7.6.1): never sent on. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** The client's word on these is never sent on: they are credentials, or the proxy's to say. */
const NEVER_FORWARDED = new Set([
  'authorization',
  'cookie',
  'host',
  'expect',
  'trailer',
  'audit-id',
  'forwarded',
  'x-real-ip',
]);
const NEVER_FORWARDED_PREFIXES = ['impersonate-', 'x-remote-', 'x-forwarded-'];

/** How far a header travels, by its name. */
type Reach =
  /** No further than the connection that it came over. */
  | 'connection'
  /** From the API server to the client alone. */
  | 'answers'
  | 'everywhere';

function findReach(name: string): Reach {
  if (HOP_BY_HOP.has(name)) {
    return 'connection';
  }
  // Some servers behind the API server take `X_Remote_User` for the same header.
  const dashed = name.replaceAll('_', '-');
  return NEVER_FORWARDED.has(dashed) ||
    HOP_BY_HOP.has(dashed) ||
    NEVER_FORWARDED_PREFIXES.some(prefix => dashed.startsWith(prefix))
    ? 'answers'
    : 'everywhere';
}

/** Names that are remembered at the most: a client may make up any number. */
const MAX_REMEMBERED_NAMES = 1000;
const reaches = new Map<string, Reach>();

/** @param name - as it stands on the wire */
function reachOf(name: string): Reach {
  let reach = reaches.get(name);
  if (reach === undefined) {
    reach = findReach(name.toLowerCase());
    if (reaches.size < MAX_REMEMBERED_NAMES) {
      reaches.set(name, reach);
    }
  }
  return reach;
}

/** A WebSocket subprotocol that is none: browsers carry a bearer token to an API server in it. */
const CREDENTIAL_SUBPROTOCOL = 'base64url.bearer.authorization.k8s.io.';

/** What `Connection` names, in lower case; undefined when it does not stand there. */
function namedByConnection(raw: readonly string[]): Set<string> | undefined {
  let names: Set<string> | undefined;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (raw[i].length === 10 && raw[i].toLowerCase() === 'connection') {
      names ??= new Set();
      for (const name of raw[i + 1].split(',')) {
        names.add(name.trim().toLowerCase());
      }
    }
  }
  return names;
}

/** Headers without those of one connection, and without those that may not go that way. */
function endToEnd(
  raw: readonly string[],
  way: 'to the API server' | 'on from a proxy' | 'to the client',
): RawHeaders {
  const connection = namedByConnection(raw);
  const headers: RawHeaders = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const reach = reachOf(raw[i]);
    const mayPass =
      reach === 'everywhere' ||
      (reach === 'answers' && way === 'to the client') ||
      (way === 'on from a proxy' && isIdentity(raw[i].toLowerCase()));
    if (mayPass && !connection?.has(raw[i].toLowerCase())) {
      headers.push(raw[i], raw[i + 1]);
    }
  }
  return headers;
}

/** Whether a header of this name, in lower case, is among them. */
export function hasHeader(raw: readonly string[], name: string): boolean {
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i].length === name.length && raw[i].toLowerCase() === name) {
      return true;
    }
  }
  return false;
}

/** The headers but those of this name, in lower case. */
export function withoutHeader(raw: RawHeaders, name: string): RawHeaders {
  return hasHeader(raw, name)
    ? raw.filter((_, i) => raw[i - (i % 2)].toLowerCase() !== name)
    : raw;
}

/** What a header can carry; Kubernetes decodes no escapes in names. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether a name can travel in an `Impersonate-*` header. */
export function isHeaderValue(value: string): boolean {
  return HEADER_VALUE.test(value) && value.trim() === value && value !== '';
}

/** A reason phrase as it may go out again: none rather than one with control characters. */
export function reasonPhrase(reason: string): string {
  return HEADER_VALUE.test(reason) ? reason : '';
}

const BEYOND_ASCII = /[\x80-\xff]/;

/** A reason phrase as it is meant, for people. */
export function reasonText(reason: string): string {
  return BEYOND_ASCII.test(reason)
    ? Buffer.from(reason, 'latin1').toString('utf8')
    : reason;
}

/** The subprotocols but those that carry a credential; a header without any left is left out. */
function withoutCredentials(headers: RawHeaders): RawHeaders {
  if (!hasHeader(headers, 'sec-websocket-protocol')) {
    return headers;
  }
  return headers.flatMap((item, i) => {
    if (i % 2 === 0) {
      return [];
    }
    const name = headers[i - 1];
    if (
      name.toLowerCase() !== 'sec-websocket-protocol' ||
      !item.includes(CREDENTIAL_SUBPROTOCOL)
    ) {
      return [name, item];
    }
    const kept = item
      .split(',')
      .map(protocol => protocol.trim())
      .filter(protocol => !protocol.startsWith(CREDENTIAL_SUBPROTOCOL));
    return kept.length > 0 ? [name, kept.join(', ')] : [];
  });
}

/**
 * The headers of a request as the API server gets them: the client's, and the
 * proxy's own word on who asks.
 *
 * @throws Error when the proxy's credential cannot be read
 */
export function upstreamRequestHeaders(
  request: IncomingMessage,
  context: RequestContext,
): RawHeaders {
  const { cluster, impersonation } = context;
  const headers = withoutCredentials(
    endToEnd(request.rawHeaders, 'to the API server'),
  );
  headers.push('Host', cluster.host);
  const authorization = cluster.authorization();
  if (authorization) {
    headers.push('Authorization', authorization);
  }
  headers.push('Impersonate-User', impersonation.user);
  for (const group of impersonation.groups) {
    headers.push('Impersonate-Group', group);
  }
  headers.push(
    'Impersonate-Extra-Remote-Client-Ip',
    context.clientIp,
    // By which the cluster's own audit log can be joined to ours.
    'Audit-ID',
    context.id,
  );
  return headers;
}

/** What a proxy says of who asks: it travels on through a tunnel agent. */
function isIdentity(name: string): boolean {
  return (
    name === 'impersonate-user' ||
    name === 'impersonate-group' ||
    name.startsWith('impersonate-extra-') ||
    name === 'audit-id'
  );
}

/**
 * The headers of a request as the API server gets them of a tunnel agent: the
 * proxy's, with its word on who asks, and the agent's own credential.
 *
 * @throws Error when the agent's credential cannot be read
 */
export function relayedRequestHeaders(
  request: IncomingMessage,
  cluster: Pick<Upstream, 'host' | 'authorization'>,
): RawHeaders {
  const headers = withoutCredentials(
    endToEnd(request.rawHeaders, 'on from a proxy'),
  );
  headers.push('Host', cluster.host);
  const authorization = cluster.authorization();
  if (authorization) {
    headers.push('Authorization', authorization);
  }
  return headers;
}

/** The headers of a response as the client gets them; `Trailer` stays, since trailers are passed on. */
export function clientResponseHeaders(raw: readonly string[]): RawHeaders {
  return endToEnd(raw, 'to the client');
}
