import type { StoredRequestAuditEvent } from 'backstage-plugin-kubernetes-audit-common';

/** RFC 5424, section 6.2.1: log audit. */
const FACILITY = 13;
const WARNING = 4;
const INFORMATIONAL = 6;
/** The private enterprise number of RFC 5612, for examples: put your own here. */
const STRUCTURE_ID = 'kubernetesAudit@32473';
const APP_NAME = 'kubernetes-audit';
/** Section 6: says that the message is UTF-8. */
const BYTE_ORDER_MARK = '\ufeff';

const PARAMETERS = [
  'id',
  'userName',
  'clusterName',
  'namespace',
  'verb',
  'resource',
  'result',
] as const;

/** An event as a message of RFC 5424, without what frames it. */
export function formatSyslogMessage(
  event: StoredRequestAuditEvent,
  hostName: string,
): string {
  const severity = event.result === 'failure' ? WARNING : INFORMATIONAL;
  const parameters = PARAMETERS.flatMap(name => {
    const value = event[name];
    return value === undefined ? [] : `${name}="${escapeValue(value)}"`;
  });
  return [
    `<${FACILITY * 8 + severity}>1`,
    event.executedAt,
    hostName,
    APP_NAME,
    '-',
    'request',
    `[${STRUCTURE_ID} ${parameters.join(' ')}]`,
    BYTE_ORDER_MARK + JSON.stringify(event),
  ].join(' ');
}

/** Section 6.3.3. */
function escapeValue(value: string): string {
  return value.replace(/["\\\]]/g, '\\$&');
}
