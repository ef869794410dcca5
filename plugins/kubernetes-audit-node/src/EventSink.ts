import type { StoredRequestAuditEvent } from 'backstage-plugin-kubernetes-audit-common';

/**
 * Takes audit events on to another system, for example a SIEM.
 *
 * @public
 */
export interface EventSink {
  /** Names the sink in logs; unique. */
  readonly name: string;

  /**
   * Called after the commit of each batch that changed events, one call at a
   * time, in the order of the commits. An attempt and its later outcome are
   * two calls with the same event id; the later one counts.
   *
   * Delivery is at most once: the store is the record. A rejection is logged
   * and the events are not given again; a sink that lags too far behind or
   * does not settle in time loses batches, which is logged too. Nothing of
   * this holds up the proxies.
   */
  publish(events: readonly StoredRequestAuditEvent[]): Promise<void>;
}
