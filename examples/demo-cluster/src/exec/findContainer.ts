import { StatusError } from '../api/StatusError';
import { JsonObject, objectAt, objectsAt } from '../json';
import { KubernetesObject } from '../store/KubernetesObject';

/**
 * The container that is meant: the named one, or the only one. Throws a 400
 * when there is no such container, several, or none that runs yet.
 */
export function findContainer(
  pod: KubernetesObject,
  name: string | null,
): JsonObject {
  const podName = pod.metadata.name;
  const containers = objectsAt(objectAt(pod, 'spec'), 'containers');
  if (!name && containers.length > 1) {
    const choices = containers.map(container => container.name).join(' ');
    throw StatusError.badRequest(
      `a container name must be specified for pod ${podName}, choose one of: [${choices}]`,
    );
  }
  const container = containers.find(each => !name || each.name === name);
  if (!container) {
    throw StatusError.badRequest(
      `container ${name} is not valid for pod ${podName}`,
    );
  }
  if (objectAt(pod, 'status').phase !== 'Running') {
    throw StatusError.badRequest(
      `container "${container.name}" in pod "${podName}" is waiting to start: ContainerCreating`,
    );
  }
  return container;
}
