import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually } from '../support/eventually';
import { assertFields } from '../support/assertFields';
import { SESSION_COUNT } from './markers';
import { ProductUnderTest } from './ProductUnderTest';

/** What {@link testKubectl} did, read over the API. */
export function testAudit(product: ProductUnderTest): void {
  describe('the audit', () => {
    it('has every field of a call', async () => {
      const event = await eventually(async () => {
        const [newest] = await product.portal.events({
          $all: [
            { verb: 'list' },
            { resource: 'pods' },
            { namespace: 'dev' },
            { result: 'success' },
          ],
        });
        assert.ok(newest);
        return newest;
      });
      assert.match(event.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
      assert.ok(Number.isInteger(event.number));
      assert.ok(event.sequence > 0);
      assert.ok(Math.abs(Date.now() - Date.parse(event.executedAt)) < 600_000);
      assert.equal(new Date(event.executedAt).toISOString(), event.executedAt);
      assert.match(event.clientName ?? '', /^kubectl\/v1\.\d+/);
      assert.match(event.clusterEndpoint ?? '', /^https:\/\/127\.0\.0\.1:\d+/);
      assert.match(
        event.requestUri,
        /\/api\/v1\/namespaces\/dev\/pods\?limit=500/,
      );
      assert.ok((event.latencyMs ?? -1) >= 0);
      assert.ok(event.message);
      assertFields(event, {
        result: 'success',
        statusCode: 200,
        userName: 'guest',
        userEmail: 'guest@example.com',
        userEntityRef: 'user:default/guest',
        clientIp: '127.0.0.1',
        clusterName: product.cluster.name,
        role: 'demo-developer',
        namespace: 'dev',
        verb: 'list',
        resource: 'pods',
        apiGroup: '',
        apiVersion: 'v1',
        connectedFrom: 'Proxy',
        agentId: 'demo-proxy',
      });
      for (const group of ['developers', 'viewers']) {
        assert.ok(event.kubernetesGroups?.includes(group));
      }
    });

    it('has the body of a change', async () => {
      const created = await eventually(async () => {
        const [newest] = await product.portal.events({
          $all: [{ verb: 'create' }, { resource: 'configmaps' }],
        });
        assert.ok(newest);
        return product.portal.event(newest.id);
      });
      assertFields(created, { result: 'success', statusCode: 201 });
      assert.match(created.requestBody ?? '', /greeting: first/);
      assert.ok((created.requestBodySize ?? 0) > 0);
      const changes = await product.portal.events({
        $all: [{ verb: 'patch' }, { resource: 'configmaps' }],
      });
      assert.equal(changes[0].resourceName, 'end-to-end');
      assert.ok(changes.length >= 2, 'apply, twice');
      const [deleted] = await product.portal.events({
        $all: [{ verb: 'delete' }, { resource: 'configmaps' }],
      });
      assert.equal(deleted.resourceName, 'end-to-end');
    });

    it('has the reading of logs', async () => {
      await eventually(async () => {
        const [event] = await product.portal.events({ resource: 'pods/log' });
        assertFields(event, { verb: 'get', resourceName: 'web' });
      });
    });

    it('has two rows for a session, and one for a refused upgrade', async () => {
      const rows = await eventually(async () => {
        const found = await product.portal.events({ resource: 'pods/exec' });
        const bySession = groupBySession(found);
        assert.equal(bySession.size, SESSION_COUNT);
        for (const pair of bySession.values()) assert.equal(pair.length, 2);
        return found;
      });
      for (const row of rows) {
        assertFields(row, { verb: 'create', resourceName: 'web' });
      }
      const sessions = rows.filter(({ sessionId }) => sessionId);
      assert.ok(sessions.every(({ result }) => result === 'success'));
      assert.ok(sessions.every(({ recordingId }) => recordingId));
      const refused = rows.filter(({ sessionId }) => !sessionId);
      assert.ok(refused.every(({ result }) => result === 'failure'));
      assert.equal(refused.length, product.cluster.hasWebSocketV5 ? 0 : 4);
      assert.ok(
        sessions.some(({ message }) => /\b7\b/.test(message)),
        'the exit code is in the message of the end',
      );
    });

    it('has a Failure for what the proxy refuses', async () => {
      const event = await eventually(async () => {
        const [newest] = await product.portal.events({
          $all: [{ resource: 'secrets' }, { namespace: 'prod' }],
        });
        assert.ok(newest);
        return newest;
      });
      assertFields(event, { result: 'failure', statusCode: 403 });
      assert.match(event.message, /demo-developer/);
    });

    it('has a Failure with the words of the cluster that refuses', async () => {
      const event = await eventually(async () => {
        const [newest] = await product.portal.events({
          $all: [{ verb: 'delete' }, { namespace: 'prod' }],
        });
        // The attempt comes first, and its outcome a little later.
        assertFields(newest, { result: 'failure', statusCode: 403 });
        return newest;
      });
      assert.match(event.message, /User "guest" cannot delete resource/);
    });

    it('has whom a user acted as', async () => {
      const [event, refused] = await eventually(async () => {
        const found = await Promise.all([
          product.portal.events({
            $all: [{ impersonatedUser: 'reader' }, { result: 'success' }],
          }),
          product.portal.events({ impersonatedUser: 'system:admin' }),
        ]);
        assert.ok(found.every(({ length }) => length > 0));
        return found.map(([newest]) => newest);
      });
      assertFields(event, { userName: 'guest' });
      assert.deepEqual(event.impersonatedGroups, ['viewers']);
      assertFields(refused, { result: 'failure', statusCode: 403 });
    });

    it('agrees with the cluster’s own audit log', t => {
      if (!product.cluster.impersonatedUsers) {
        t.skip('this cluster has no audit log');
        return;
      }
      const users = product.cluster.impersonatedUsers();
      assert.ok(users.includes('guest'));
      assert.ok(users.includes('reader'));
      assert.deepEqual(
        users.filter(user => user.startsWith('system:')),
        [],
      );
    });
  });
}

/** The rows of each session. */
function groupBySession<T extends { sessionId?: string }>(
  rows: T[],
): Map<string, T[]> {
  const bySession = new Map<string, T[]>();
  for (const row of rows) {
    if (!row.sessionId) continue;
    const others = bySession.get(row.sessionId) ?? [];
    bySession.set(row.sessionId, [...others, row]);
  }
  return bySession;
}
