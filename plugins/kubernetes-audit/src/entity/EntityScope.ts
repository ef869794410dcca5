import type { Entity } from '@backstage/catalog-model';
import { KUBERNETES_ANNOTATIONS } from './kubernetesAnnotations';

/** Which objects of which cluster are an entity's, in the words of the audit. */
export type EntityScope = {
  clusterName?: string;
  namespace?: string;
  /**
   * Objects of these names, and those whose name begins with one of them and a
   * hyphen, as Deployments name their ReplicaSets and Pods. None: all objects
   * of the namespace.
   */
  names: string[];
};

/** Labels whose value is also what objects are commonly called. */
const NAMING_LABELS: ReadonlySet<string> = new Set([
  'app',
  'k8s-app',
  'app.kubernetes.io/name',
  'app.kubernetes.io/instance',
  KUBERNETES_ANNOTATIONS.id,
]);

/** `key=value` or `key==value` between commas; `!=`, `in` and `notin` say no name. */
const EQUALITY = /^\s*([^\s=!]+)\s*==?\s*([^\s=!]+)\s*$/;

/**
 * Reads the annotations of an entity. The audit knows objects by their names,
 * not by their labels: of a label selector counts what a naming label must
 * equal.
 *
 * @returns undefined when they neither name an object nor a namespace
 */
export function entityScopeOf(entity: Entity): EntityScope | undefined {
  const { annotations = {} } = entity.metadata;
  const read = (annotation: string) =>
    annotations[annotation]?.trim() || undefined;
  const id = read(KUBERNETES_ANNOTATIONS.id);
  const namespace = read(KUBERNETES_ANNOTATIONS.namespace);
  const selector = read(KUBERNETES_ANNOTATIONS.labelSelector);
  const names = [
    ...new Set([...(id ? [id] : []), ...namesOfSelector(selector ?? '')]),
  ];
  // All of a namespace is not what a selector means that names nothing.
  const isUndecided = selector !== undefined && names.length === 0;
  if (isUndecided || (names.length === 0 && !namespace)) {
    return undefined;
  }
  return {
    clusterName: read(KUBERNETES_ANNOTATIONS.cluster),
    namespace,
    names,
  };
}

function namesOfSelector(selector: string): string[] {
  return selector.split(',').flatMap(requirement => {
    const [, label, value] = EQUALITY.exec(requirement) ?? [];
    return label && value && NAMING_LABELS.has(label) ? [value] : [];
  });
}
