import type {
  KubeconfigResponse,
  RecordingPage,
  RequestAuditListItem,
  RequestAuditPage,
} from 'backstage-plugin-kubernetes-audit-common';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import WebSocket from 'ws';
import { parse } from 'yaml';
import {
  TestCluster,
  TOKEN,
} from '../../../examples/demo-cluster/src/testing/testCluster';
import { TestProxy, until } from '../../../proxy-agent/test/TestProxy';
import { findPort } from './findPort';
import { AGENT, PortalUnderTest } from './PortalUnderTest';

const AUDIT = '/api/kubernetes-audit/v1';
const IN_DEMO = { 'Backstage-Kubernetes-Cluster': 'demo' };

async function startProxy(
  portal: PortalUnderTest,
  cluster: TestCluster,
): Promise<TestProxy> {
  const url = `${portal.url}/api/kubernetes-audit`;
  const certFile = join(cluster.folder, 'cert.pem');
  const tokenFile = join(cluster.folder, 'token');
  writeFileSync(tokenFile, TOKEN);
  const port = await findPort();
  return TestProxy.start(
    { url },
    {
      agentId: AGENT.id,
      portal: { url, token: AGENT.token },
      server: {
        host: '127.0.0.1',
        port,
        publicUrl: `https://127.0.0.1:${port}`,
        tls: {
          certFile,
          keyFile: join(cluster.folder, 'key'),
          caFile: certFile,
        },
      },
      clusters: [
        {
          name: 'demo',
          endpoint: cluster.cluster.url,
          caFile: certFile,
          tokenFile,
        },
      ],
    },
  );
}

describe("Backstage's own Kubernetes plugin, led through the proxy", () => {
  let cluster: TestCluster;
  let portal: PortalUnderTest;
  let proxy: TestProxy;

  before(async () => {
    cluster = await TestCluster.start();
    portal = await PortalUnderTest.start(join(cluster.folder, 'recordings'));
    proxy = await startProxy(portal, cluster);
    await until(async () => {
      const { clusters } = await portal.json(`${AUDIT}/access`);
      return clusters.length > 0;
    }, 'the proxy to tell of its cluster');
    await until(async () => {
      const path = '/api/catalog/entities/by-name/component/default/web';
      return (await portal.fetch(path)).ok;
    }, 'the component to be in the catalog');
  });

  after(async () => {
    await proxy?.stop();
    await portal?.stop();
    await cluster?.close();
  });

  /** The rows of the audit, as soon as there are any. */
  async function rows(filter: object): Promise<RequestAuditListItem[]> {
    const query = new URLSearchParams({ filter: JSON.stringify(filter) });
    let items: RequestAuditListItem[] = [];
    await until(async () => {
      const page: RequestAuditPage = await portal.json(
        `${AUDIT}/events?${query}`,
      );
      items = page.items;
      return items.length > 0;
    }, JSON.stringify(filter));
    return items;
  }

  it('lists the clusters of the user, without what opens them', async () => {
    assert.deepEqual(await portal.json('/api/kubernetes/clusters'), {
      items: [{ name: 'demo', authProvider: 'kubernetesaudit' }],
    });
  });

  it('calls the cluster as the user, and the audit says from where', async () => {
    const { status } = await portal.json(
      '/api/kubernetes/proxy/apis/authentication.k8s.io/v1/selfsubjectreviews',
      {
        method: 'POST',
        headers: IN_DEMO,
        body: JSON.stringify({
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'SelfSubjectReview',
        }),
      },
    );
    assert.equal(status.userInfo.username, 'guest');
    assert.ok(status.userInfo.groups.includes('developers'));
    const [row] = await rows({ resource: 'selfsubjectreviews' });
    assert.equal(row.connectedFrom, 'Portal');
    assert.equal(row.userEntityRef, 'user:default/guest');
    assert.equal(row.role, 'developer');
  });

  it("reads an entity's objects as the user", async () => {
    const { items } = await portal.json(
      '/api/kubernetes/resources/workloads/query',
      {
        method: 'POST',
        body: JSON.stringify({ entityRef: 'component:default/web', auth: {} }),
      },
    );
    const { resources } = items[0].resources.find(
      ({ type }: { type: string }) => type === 'pods',
    );
    assert.equal(resources[0].metadata.name, 'web');
    for (const row of await rows({ verb: 'list', resource: 'pods' })) {
      assert.equal(row.connectedFrom, 'Portal');
      assert.equal(row.userName, 'guest');
      assert.equal(row.namespace, 'dev');
    }
  });

  it('records a session over its WebSocket', async () => {
    const query = new URLSearchParams([
      ...['stdin', 'stdout', 'stderr', 'tty'].map(name => [name, 'true']),
      ['container', 'main'],
      ...['sh', '-c', 'echo of-the-portal'].map(word => ['command', word]),
    ]);
    const socket = new WebSocket(
      `${portal.url}/api/kubernetes/proxy/api/v1/namespaces/dev/pods/web/exec?${query}`,
      ['channel.k8s.io'],
      {
        headers: { ...IN_DEMO, authorization: `Bearer ${portal.token}` },
      },
    );
    const output = await new Promise<string>((resolve, reject) => {
      let text = '';
      // The first byte is the channel.
      socket.on('message', (data: Buffer) => {
        text += data.subarray(1).toString();
      });
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    assert.match(output, /of-the-portal/);
    let recordings: RecordingPage['items'] = [];
    await until(async () => {
      recordings = (await portal.json(`${AUDIT}/recordings`)).items;
      return recordings[0]?.status === 'complete';
    }, 'the recording');
    assert.equal(recordings.length, 1);
    assert.equal(recordings[0].connectedFrom, 'Portal');
    assert.equal(recordings[0].userEntityRef, 'user:default/guest');
    assert.equal(recordings[0].podName, 'web');
  });

  it('refuses who is nobody', async () => {
    const response = await fetch(
      `${portal.url}/api/kubernetes/proxy/api/v1/namespaces/dev/pods`,
      { headers: IN_DEMO },
    );
    assert.equal(response.status, 401);
  });

  it('gives no user a credential that says so', async () => {
    const response = await portal.fetch(`${AUDIT}/access/portal-credential`, {
      method: 'POST',
    });
    assert.equal(response.status, 403);
  });

  it("does not take a user's own credential for the portal's", async () => {
    const { kubeconfig }: KubeconfigResponse = await portal.json(
      `${AUDIT}/access/kubeconfig`,
      { method: 'POST' },
    );
    const own = parse(kubeconfig).users[0].user.token;
    await portal.json(
      '/api/kubernetes/proxy/api/v1/namespaces/dev/configmaps/web-settings',
      {
        headers: {
          ...IN_DEMO,
          'Backstage-Kubernetes-Authorization': `Bearer ${own}`,
        },
      },
    );
    const calls = await rows({ resource: 'configmaps', verb: 'get' });
    assert.deepEqual(
      calls.map(({ connectedFrom }) => connectedFrom),
      ['Proxy'],
    );
  });
});
