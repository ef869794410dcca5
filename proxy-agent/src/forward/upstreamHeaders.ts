import type { Dispatcher } from 'undici';
import type { Impersonation } from '../authz';

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
]);
const NEVER_FORWARDED_PREFIXES = ['impersonate-', 'x-remote-', 'x-forwarded-'];

/** Names and values in turn, as they stand on the wire; a name may come several times. */
export type RawHeaders = string[];

function namedByConnection(raw: readonly string[]): Set<string> {
  const names = new Set<string>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (raw[i].length === 10 && raw[i].toLowerCase() === 'connection') {
      for (const name of raw[i + 1].split(',')) {
        names.add(name.trim().toLowerCase());
      }
    }
  }
  return names;
}

/** Headers without those of one connection, and without what `isDropped` names in lower case. */
function endToEnd(
  raw: readonly string[],
  isDropped: (name: string) => boolean,
): RawHeaders {
  const connection = namedByConnection(raw);
  const headers: RawHeaders = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i].toLowerCase();
    if (!HOP_BY_HOP.has(name) && !connection.has(name) && !isDropped(name)) {
      headers.push(raw[i], raw[i + 1]);
    }
  }
  return headers;
}

/** Whether a header of this name, in lower case, is among them. */
export function hasHeader(raw: readonly string[], name: string): boolean {
  return raw.some((item, i) => i % 2 === 0 && item.toLowerCase() === name);
}

/** The headers but those of this name, in lower case. */
export function withoutHeader(
  raw: readonly string[],
  name: string,
): RawHeaders {
  return raw.filter((_, i) => raw[i - (i % 2)].toLowerCase() !== name);
}

/** The headers that undici hands over, a character for a byte. */
export function toRawHeaders(
  raw: Dispatcher.DispatchController['rawHeaders'],
): RawHeaders {
  return Array.isArray(raw)
    ? raw.map(item =>
        typeof item === 'string' ? item : item.toString('latin1'),
      )
    : [];
}

/** What a header can carry; Kubernetes decodes no escapes in names. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether a name can travel in an `Impersonate-*` header. */
export function isHeaderValue(value: string): boolean {
  return HEADER_VALUE.test(value) && value.trim() === value && value !== '';
}

/** A reason phrase as it may go out again, a character for a byte: none rather than one with control characters. */
export function reasonPhrase(reason: string): string {
  const bytes = Buffer.from(reason, 'utf8').toString('latin1');
  return HEADER_VALUE.test(bytes) ? bytes : '';
}

/** The proxy's own word on a request. */
export type UpstreamIdentity = {
  host: string;
  /** The proxy's credential; absent when it uses a client certificate. */
  authorization: string | undefined;
  impersonation: Impersonation;
  clientIp: string;
  /** The event's id, by which the cluster's own audit log can be joined to ours. */
  auditId: string;
};

/** The headers of a request as the API server gets them. */
export function upstreamRequestHeaders(
  raw: readonly string[],
  identity: UpstreamIdentity,
): RawHeaders {
  const headers = endToEnd(
    raw,
    name =>
      NEVER_FORWARDED.has(name) ||
      NEVER_FORWARDED_PREFIXES.some(prefix => name.startsWith(prefix)),
  );
  headers.push('Host', identity.host);
  if (identity.authorization) {
    headers.push('Authorization', identity.authorization);
  }
  headers.push('Impersonate-User', identity.impersonation.user);
  for (const group of identity.impersonation.groups) {
    headers.push('Impersonate-Group', group);
  }
  headers.push(
    'Impersonate-Extra-Remote-Client-Ip',
    identity.clientIp,
    'Audit-ID',
    identity.auditId,
  );
  return headers;
}

/** The headers of a response as the client gets them; `Trailer` stays, since trailers are passed on. */
export function clientResponseHeaders(raw: readonly string[]): RawHeaders {
  return endToEnd(raw, () => false);
}
