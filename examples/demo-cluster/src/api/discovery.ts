import { JsonObject } from '../json';
import { groupVersion, Resource, resources } from './Resource';
import { versionDocument } from './version';

const READ_VERBS = ['get', 'list', 'watch'];
const ALL_VERBS = [
  ...['create', 'delete', 'deletecollection'],
  ...READ_VERBS,
  ...['patch', 'update'],
];

/** Questions about oneself: they are only created, never kept. */
const reviews: Record<string, JsonObject> = {
  'authentication.k8s.io/v1': review('SelfSubjectReview'),
  'authorization.k8s.io/v1': review('SelfSubjectAccessReview'),
};

const groups = ['apps', 'authentication.k8s.io', 'authorization.k8s.io'];

/** The document at a discovery path, `undefined` at any other. */
export function discoveryDocument(path: string): JsonObject | undefined {
  switch (path) {
    case '/version':
      return versionDocument;
    case '/api':
      return { kind: 'APIVersions', versions: ['v1'] };
    case '/apis':
      return {
        kind: 'APIGroupList',
        apiVersion: 'v1',
        groups: groups.map(group),
      };
    case '/api/v1':
      return resourceList('v1');
    default:
  }
  const [root, name, version, ...rest] = path.split('/').slice(1);
  if (root !== 'apis' || !groups.includes(name) || rest.length > 0) {
    return undefined;
  }
  if (version === undefined) {
    return { kind: 'APIGroup', apiVersion: 'v1', ...group(name) };
  }
  return version === 'v1' ? resourceList(`${name}/v1`) : undefined;
}

function group(name: string): JsonObject {
  const version = { groupVersion: `${name}/v1`, version: 'v1' };
  return { name, versions: [version], preferredVersion: version };
}

function resourceList(version: string): JsonObject {
  const kept = Object.values(resources)
    .filter(resource => groupVersion(resource) === version)
    .flatMap(withSubresources);
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: version,
    resources: reviews[version] ? [reviews[version]] : kept,
  };
}

function withSubresources(resource: Resource): JsonObject[] {
  const { name, kind, namespaced, readOnly, shortNames } = resource;
  const subresources = Object.entries(resource.subresources);
  return [
    {
      name,
      singularName: kind.toLowerCase(),
      namespaced,
      kind,
      verbs: readOnly ? READ_VERBS : ALL_VERBS,
      shortNames: [...shortNames],
      categories: ['pods', 'deployments', 'replicasets'].includes(name)
        ? ['all']
        : undefined,
    },
    ...subresources.map(([subresource, verbs]) => ({
      name: `${name}/${subresource}`,
      singularName: '',
      namespaced,
      kind: subresource === 'log' ? kind : `Pod${subresource}Options`,
      verbs: [...verbs],
    })),
  ];
}

function review(kind: string): JsonObject {
  return {
    name: `${kind.toLowerCase()}s`,
    singularName: kind.toLowerCase(),
    namespaced: false,
    kind,
    verbs: ['create'],
  };
}
