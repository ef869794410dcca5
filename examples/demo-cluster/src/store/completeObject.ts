import { Resource } from '../api/Resource';
import { StatusError } from '../api/StatusError';
import { JsonObject, objectAt, objectsAt, textAt } from '../json';
import { Draft, KubernetesObject } from './KubernetesObject';
import { timestamp } from './ObjectStore';

export const NODE_NAME = 'demo-node';

/**
 * What admission and controllers would fill in: defaults and the status. An
 * update (`previous`) keeps the status, which a client cannot write.
 */
export function completeObject(
  resource: Resource,
  draft: Draft,
  now: number,
  previous?: KubernetesObject,
): Draft {
  switch (resource.name) {
    case 'namespaces':
      return {
        ...draft,
        spec: { finalizers: ['kubernetes'] },
        status: { phase: 'Active' },
      };
    case 'secrets':
      return secret(draft);
    case 'pods':
      return pod(resource, draft, previous);
    case 'deployments':
      return deployment(resource, draft, now, previous);
    case 'replicasets':
      return replicaSet(draft);
    default:
      return draft;
  }
}

/** There is no controller: as many as it wants are said to be there. */
function replicaSet(draft: Draft): Draft {
  const spec = objectAt(draft, 'spec');
  const replicas = typeof spec.replicas === 'number' ? spec.replicas : 1;
  return {
    ...draft,
    spec: { ...spec, replicas },
    status: { replicas, readyReplicas: replicas, availableReplicas: replicas },
  };
}

function secret(draft: Draft): Draft {
  const { stringData, ...rest } = draft;
  const plain = Object.entries(objectAt({ stringData }, 'stringData'));
  const encoded = plain.map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString('base64'),
  ]);
  return {
    ...rest,
    type: draft.type ?? 'Opaque',
    data: { ...objectAt(draft, 'data'), ...Object.fromEntries(encoded) },
  };
}

function pod(
  resource: Resource,
  draft: Draft,
  previous?: KubernetesObject,
): Draft {
  const spec = objectAt(draft, 'spec');
  return {
    ...draft,
    spec: {
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      schedulerName: 'default-scheduler',
      nodeName: NODE_NAME,
      ...spec,
      containers: containers(resource, draft.metadata.name, spec),
    },
    status: previous ? previous.status : waitingStatus(spec),
  };
}

function containers(resource: Resource, name: string, spec: JsonObject) {
  const list = objectsAt(spec, 'containers');
  if (list.length === 0 || list.some(container => !container.name)) {
    throw StatusError.invalid(
      resource,
      name,
      'spec.containers: Required value',
    );
  }
  return list.map(container => ({
    imagePullPolicy: 'IfNotPresent',
    resources: {},
    ...container,
  }));
}

function waitingStatus(spec: JsonObject): JsonObject {
  return {
    phase: 'Pending',
    qosClass: 'BestEffort',
    containerStatuses: objectsAt(spec, 'containers').map(container => ({
      ...containerStatus(container),
      ready: false,
      started: false,
      state: { waiting: { reason: 'ContainerCreating' } },
    })),
  };
}

/** The status of a pod whose containers run since `now`. */
export function runningStatus(
  object: KubernetesObject,
  now: number,
): JsonObject {
  const since = timestamp(now);
  const conditions = [
    'Initialized',
    'Ready',
    'ContainersReady',
    'PodScheduled',
  ];
  const last = (Number(object.metadata.resourceVersion) % 250) + 2;
  return {
    phase: 'Running',
    qosClass: 'BestEffort',
    hostIP: '127.0.0.1',
    podIP: `10.1.0.${last}`,
    podIPs: [{ ip: `10.1.0.${last}` }],
    startTime: since,
    conditions: conditions.map(type => ({
      type,
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: since,
    })),
    containerStatuses: objectsAt(objectAt(object, 'spec'), 'containers').map(
      container => ({
        ...containerStatus(container),
        ready: true,
        started: true,
        state: { running: { startedAt: since } },
      }),
    ),
  };
}

function containerStatus(container: JsonObject): JsonObject {
  return {
    name: textAt(container, 'name'),
    image: textAt(container, 'image') ?? '',
    imageID: '',
    containerID: `demo://${textAt(container, 'name')}`,
    restartCount: 0,
    lastState: {},
  };
}

function deployment(
  resource: Resource,
  draft: Draft,
  now: number,
  previous?: KubernetesObject,
): Draft {
  const spec = objectAt(draft, 'spec');
  const template = objectAt(spec, 'template', 'spec');
  const name = draft.metadata.name;
  const replicas = typeof spec.replicas === 'number' ? spec.replicas : 1;
  const generation = Number(previous?.metadata.generation ?? 0);
  const complete: JsonObject = {
    progressDeadlineSeconds: 600,
    revisionHistoryLimit: 10,
    strategy: {
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' },
    },
    ...spec,
    replicas,
    template: {
      ...objectAt(spec, 'template'),
      spec: { ...template, containers: containers(resource, name, template) },
    },
  };
  const unchanged = JSON.stringify(previous?.spec) === JSON.stringify(complete);
  const current = unchanged ? generation : generation + 1;
  const since = timestamp(now);
  return {
    ...draft,
    metadata: { ...draft.metadata, generation: current },
    spec: complete,
    status: unchanged
      ? previous?.status
      : {
          observedGeneration: current,
          replicas,
          updatedReplicas: replicas,
          readyReplicas: replicas,
          availableReplicas: replicas,
          conditions: [
            {
              type: 'Available',
              status: 'True',
              reason: 'MinimumReplicasAvailable',
              message: 'Deployment has minimum availability.',
              lastUpdateTime: since,
              lastTransitionTime: since,
            },
          ],
        },
  };
}
