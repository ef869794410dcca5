import { SpoolRecord } from 'backstage-plugin-kubernetes-audit-common';

/** The id of the event number n, in the order of n. */
export function eventId(n: number): string {
  return `019aa000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
}

/** The time of the event number n: a second apart each. */
export function eventTime(n: number): string {
  return new Date(Date.UTC(2026, 10, 22) + n * 1000).toISOString();
}

/** A record of somebody who lists pods; number n is the n-th of its spool. */
export function spoolRecord(
  n: number,
  overrides: Partial<SpoolRecord> = {},
): SpoolRecord {
  return {
    sequence: n,
    schemaVersion: 1,
    id: eventId(n),
    executedAt: eventTime(n),
    result: 'success',
    message: 'OK',
    userName: 'guest',
    clientIp: '127.0.0.1',
    clientName: 'kubectl/v1.32.0',
    clusterName: 'demo',
    verb: 'list',
    resource: 'pods',
    apiGroup: '',
    apiVersion: 'v1',
    namespace: 'default',
    requestUri: '/api/v1/namespaces/default/pods',
    statusCode: 200,
    connectedFrom: 'Proxy',
    ...overrides,
  };
}

/** Records as NDJSON; strings are lines as they are. */
export function ndjson(...lines: (SpoolRecord | string)[]): Buffer {
  return Buffer.from(
    lines
      .map(line => (typeof line === 'string' ? line : JSON.stringify(line)))
      .map(line => `${line}\n`)
      .join(''),
  );
}
