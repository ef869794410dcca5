import { randomInt } from 'node:crypto';
import { IncomingMessage, ServerResponse } from 'node:http';
import { JsonObject } from '../json';
import { completeObject } from '../store/completeObject';
import { Draft, KubernetesObject, parseDraft } from '../store/KubernetesObject';
import { ObjectStore } from '../store/ObjectStore';
import { applyPatch } from '../store/patch';
import { parseSelectors } from '../store/selectors';
import { mediaType, readJson, readObject, sendJson } from './http';
import { Representation } from './Representation';
import { Resource, resources } from './Resource';
import { ResourceRequest } from './ResourceRequest';
import { serveWatch } from './serveWatch';
import { StatusError } from './StatusError';

export interface ObjectCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly target: ResourceRequest;
  readonly resource: Resource;
  readonly store: ObjectStore;
  readonly now: () => number;
}

const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;

/** Answers a request for objects of one resource, by its verb. */
export async function serveObjects(call: ObjectCall): Promise<void> {
  const { request, response, query, resource, store, target, now } = call;
  const { verb, namespace, name = '' } = target;
  const writes = !['get', 'list', 'watch'].includes(verb);
  const inAllNamespaces = resource.namespaced && namespace === undefined;
  if (
    (writes && resource.readOnly) ||
    (inAllNamespaces && verb !== 'list' && verb !== 'watch')
  ) {
    throw StatusError.create(
      405,
      'MethodNotAllowed',
      'the server does not allow this method on the requested resource',
    );
  }
  const represent = Representation.fromAccept(
    request.headers.accept ?? '',
    query,
    resource,
    now,
  );
  const scope = resource.namespaced ? namespace : undefined;
  const list = () => store.list(resource, scope).filter(parseSelectors(query));
  switch (verb) {
    case 'get':
      return sendJson(
        response,
        200,
        represent.one(store.get(resource, scope, name)),
      );
    case 'list':
      return sendJson(response, 200, represent.list(list(), store.version));
    case 'watch':
      return serveWatch({ ...call, namespace: scope, represent });
    case 'create':
      return sendJson(
        response,
        201,
        represent.one(create(call, await readObject(request))),
      );
    case 'update': {
      const body = await readObject(request);
      const previous = store.get(resource, scope, name);
      const object = replace(call, previous, body);
      return sendJson(response, 200, represent.one(object));
    }
    case 'patch': {
      const { object, code } = patch(call, await readJson(request));
      return sendJson(response, code, represent.one(object));
    }
    case 'delete': {
      const options = deleteOptions(call, await readObject(request));
      const object = store.get(resource, scope, name);
      remove(store, resource, object, options);
      return sendJson(response, 200, deleted(resource, object));
    }
    default: {
      const options = deleteOptions(call, await readObject(request));
      const objects = list();
      const version = store.version;
      objects.forEach(object => remove(store, resource, object, options));
      return sendJson(response, 200, represent.list(objects, version));
    }
  }
}

function isDryRun(query: URLSearchParams): boolean {
  return query.get('dryRun') === 'All';
}

function deleteOptions({ query }: ObjectCall, body: JsonObject) {
  const { dryRun } = body;
  const inBody = Array.isArray(dryRun) && dryRun.includes('All');
  return { dryRun: inBody || isDryRun(query) };
}

function draftOf(call: ObjectCall, body: JsonObject): Draft {
  const { namespace } = call.target;
  const scope = call.resource.namespaced ? namespace : undefined;
  return parseDraft(call.resource, scope, body, prefix => {
    const letter = () => SUFFIX_ALPHABET[randomInt(SUFFIX_ALPHABET.length)];
    return prefix + Array.from({ length: SUFFIX_LENGTH }, letter).join('');
  });
}

function create(call: ObjectCall, body: JsonObject): KubernetesObject {
  const { store, resource, now } = call;
  const draft = draftOf(call, body);
  if (resource.namespaced) {
    store.get(resources.namespaces, undefined, `${draft.metadata.namespace}`);
  }
  const complete = completeObject(resource, draft, now());
  return store.create(resource, complete, { dryRun: isDryRun(call.query) });
}

function replace(
  call: ObjectCall,
  previous: KubernetesObject,
  body: JsonObject,
): KubernetesObject {
  const { store, resource, now } = call;
  const draft = draftOf(call, body);
  if (draft.metadata.name !== previous.metadata.name) {
    throw StatusError.badRequest(
      `the name of the object (${draft.metadata.name}) does not match the name on the URL (${previous.metadata.name})`,
    );
  }
  const complete = completeObject(resource, draft, now(), previous);
  const dryRun = isDryRun(call.query);
  return store.replace(resource, previous, complete, { dryRun });
}

function patch(call: ObjectCall, body: Parameters<typeof applyPatch>[2]) {
  const { request, resource, store, target } = call;
  const { name = '' } = target;
  const contentType = mediaType(request);
  const scope = resource.namespaced ? target.namespace : undefined;
  const previous = store.find(resource, scope, name);
  if (previous) {
    const patched = applyPatch(contentType, previous, body);
    return { object: replace(call, previous, patched), code: 200 };
  }
  if (contentType !== 'application/apply-patch+yaml') {
    throw StatusError.notFound(resource, name);
  }
  const applied = applyPatch(contentType, { metadata: { name } }, body);
  return { object: create(call, applied), code: 201 };
}

/** Removes an object at once; a namespace with all that is in it. */
function remove(
  store: ObjectStore,
  resource: Resource,
  object: KubernetesObject,
  options: { dryRun: boolean },
): void {
  if (resource.name === 'namespaces') {
    for (const inner of Object.values(resources)) {
      if (!inner.namespaced) continue;
      store
        .list(inner, object.metadata.name)
        .forEach(each => store.delete(inner, each, options));
    }
  }
  store.delete(resource, object, options);
}

function deleted(resource: Resource, object: KubernetesObject): JsonObject {
  const { name, uid } = object.metadata;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name,
      group: resource.group || undefined,
      kind: resource.name,
      uid,
    },
  };
}
