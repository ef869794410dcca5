import { ResourceName, resources } from '../api/Resource';
import { GIT_VERSION } from '../api/version';
import { JsonObject } from '../json';
import { completeObject, NODE_NAME, runningStatus } from './completeObject';
import { Draft, KubernetesObject } from './KubernetesObject';
import { ObjectStore, timestamp } from './ObjectStore';

/** What a newcomer finds: three namespaces, three running pods, a few more. */
export function seedObjects(store: ObjectStore, now: () => number): void {
  const add = (name: ResourceName, draft: Draft): KubernetesObject =>
    store.create(
      resources[name],
      completeObject(resources[name], draft, now()),
    );
  const addPod = (
    namespace: string,
    name: string,
    container: JsonObject = {},
    owner?: KubernetesObject,
  ) => {
    const pod = add('pods', {
      metadata: { name, namespace, labels: { app: name }, ...ownedBy(owner) },
      spec: {
        containers: [{ name: 'main', image: 'demo/shell:1', ...container }],
      },
    });
    store.replace(resources.pods, pod, {
      ...pod,
      status: runningStatus(pod, now()),
    });
  };

  for (const name of ['default', 'dev', 'prod']) {
    add('namespaces', {
      metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
    });
  }
  const labels = { app: 'web' };
  const spec = {
    replicas: 1,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { containers: [{ name: 'main', image: 'demo/shell:1' }] },
    },
  };
  const web = add('deployments', {
    metadata: { name: 'web', namespace: 'dev', labels },
    spec,
  });
  const replicaSet = add('replicasets', {
    metadata: { name: 'web-1', namespace: 'dev', labels, ...ownedBy(web) },
    spec,
  });
  addPod('dev', 'web', {}, replicaSet);
  addPod('dev', 'worker', { stdin: true, tty: true });
  addPod('prod', 'db');
  add('configmaps', {
    metadata: { name: 'web-settings', namespace: 'dev' },
    data: { LOG_LEVEL: 'info', GREETING: 'hello' },
  });
  add('secrets', {
    metadata: { name: 'web-token', namespace: 'dev' },
    stringData: { token: 'not-a-real-secret' },
  });
  add('nodes', {
    metadata: {
      name: NODE_NAME,
      labels: { 'kubernetes.io/hostname': NODE_NAME },
    },
    status: {
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'DemoReady',
          message: 'this machine',
          lastHeartbeatTime: timestamp(now()),
          lastTransitionTime: timestamp(now()),
        },
      ],
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      nodeInfo: { kubeletVersion: GIT_VERSION },
    },
  });
}

/** As metadata says it: who made an object, and with whom it goes. */
function ownedBy(owner?: KubernetesObject): JsonObject {
  return owner === undefined
    ? {}
    : {
        ownerReferences: [
          {
            apiVersion: owner.apiVersion,
            kind: owner.kind,
            name: owner.metadata.name,
            uid: owner.metadata.uid,
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      };
}
