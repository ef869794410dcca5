import assert from 'node:assert/strict';
import type { RequestAuditListItem } from 'backstage-plugin-kubernetes-audit-common';
import { eventually } from '../support/eventually';
import { Portal } from '../support/Portal';
import { ProductUnderTest } from './ProductUnderTest';

type Fields = Partial<
  Pick<
    RequestAuditListItem,
    | 'verb'
    | 'resource'
    | 'resourceName'
    | 'namespace'
    | 'result'
    | 'statusCode'
    | 'requestUri'
  >
>;

/** The rows that are new since some moment. */
export class AuditTrail {
  readonly #portal: Portal;
  readonly #after: number;

  /** Begins when all that was done before is over, and its rows are there. */
  static async begin({ portal, demo }: ProductUnderTest): Promise<AuditTrail> {
    await eventually(async () => {
      const response = await fetch(`${demo.env().PROXY_ADMIN_URL}/metrics`);
      const metrics = await response.text();
      assert.match(metrics, /^kubernetes_audit_sessions 0$/m);
      assert.match(metrics, /^kubernetes_audit_spool_records 0$/m);
    });
    const [newest] = await portal.events({ connectedFrom: 'Proxy' });
    return new AuditTrail(portal, newest?.number ?? 0);
  }

  private constructor(portal: Portal, after: number) {
    this.#portal = portal;
    this.#after = after;
  }

  /** Waits for rows with these values; there are that many, or at least one. */
  async has(fields: Fields, count?: number): Promise<RequestAuditListItem[]> {
    return await eventually(async () => {
      const rows = await this.#rows(fields);
      const found = `${rows.length} rows of ${JSON.stringify(fields)}`;
      assert.ok(rows.length > 0, found);
      if (count !== undefined) assert.equal(rows.length, count, found);
      return rows;
    });
  }

  /**
   * Waits for sessions, each with a row of its start and one of its end.
   *
   * @param options - `refused`: upgrades that the cluster refused before
   * @returns the messages of their ends
   */
  async hasSessions(
    fields: Fields,
    options: { count: number; refused: number },
  ): Promise<string[]> {
    return await eventually(async () => {
      const rows = await this.#rows({ ...fields, verb: 'create' });
      const refused = rows.filter(({ sessionId }) => !sessionId);
      assert.equal(refused.length, options.refused, 'refused upgrades');
      assert.ok(refused.every(({ result }) => result === 'failure'));
      const ids = new Set(rows.flatMap(({ sessionId }) => sessionId ?? []));
      assert.equal(ids.size, options.count, 'sessions');
      return [...ids].map(id => {
        const messages = rows
          .filter(({ sessionId }) => sessionId === id)
          .map(({ message }) => message)
          .sort();
        assert.equal(messages.length, 2, messages.join());
        assert.equal(messages[1], 'session started');
        assert.match(messages[0], /^session ended after /);
        return messages[0];
      });
    });
  }

  async #rows(fields: Fields): Promise<RequestAuditListItem[]> {
    const rows = await this.#portal.events({
      $all: Object.entries(fields).map(([name, value]) => ({ [name]: value })),
    });
    return rows.filter(({ number }) => number > this.#after);
  }
}
