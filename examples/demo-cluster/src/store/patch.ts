import { isDeepStrictEqual } from 'node:util';
import { StatusError } from '../api/StatusError';
import { isJsonObject, Json, JsonObject, textAt } from '../json';

/** By which key a strategic merge pairs the items of the lists it merges. */
const MERGE_KEYS = new Map(
  Object.entries({
    containers: 'name',
    initContainers: 'name',
    env: 'name',
    volumes: 'name',
    imagePullSecrets: 'name',
    ports: 'containerPort',
    volumeMounts: 'mountPath',
    conditions: 'type',
  }),
);

/** Answers the patched copy; the types of patch are those of Kubernetes. */
export function applyPatch(
  contentType: string,
  target: JsonObject,
  patch: Json,
): JsonObject {
  if (contentType === 'application/json-patch+json') {
    return jsonPatch(target, patch);
  }
  if (!isJsonObject(patch)) {
    throw StatusError.badRequest('the patch is not an object');
  }
  switch (contentType) {
    case 'application/merge-patch+json':
      return mergePatch(target, patch, false);
    case 'application/strategic-merge-patch+json':
    case 'application/apply-patch+yaml':
      return mergePatch(target, patch, true);
    default:
      throw StatusError.create(
        415,
        'UnsupportedMediaType',
        `the body of the request was in an unknown format - accepted media types include: ` +
          'application/json-patch+json, application/merge-patch+json, ' +
          'application/strategic-merge-patch+json, application/apply-patch+yaml',
      );
  }
}

/** RFC 7396, with Kubernetes' list merge and `$` directives when strategic. */
function mergePatch(
  target: JsonObject,
  patch: JsonObject,
  strategic: boolean,
): JsonObject {
  if (strategic && patch.$patch === 'replace') return withoutDirectives(patch);
  const result = { ...target };
  const retained = patch.$retainKeys;
  if (strategic && Array.isArray(retained)) {
    for (const key of Object.keys(result)) {
      if (!retained.includes(key)) delete result[key];
    }
  }
  const plain = strategic ? withoutDirectives(patch) : patch;
  for (const [key, value] of Object.entries(plain)) {
    const before = result[key];
    if (value === null || value === undefined) {
      delete result[key];
    } else if (isJsonObject(value)) {
      if (strategic && value.$patch === 'delete') delete result[key];
      else {
        const base = isJsonObject(before) ? before : {};
        result[key] = mergePatch(base, value, strategic);
      }
    } else {
      const mergeKey = strategic ? MERGE_KEYS.get(key) : undefined;
      const items = Array.isArray(before) ? before : [];
      result[key] =
        mergeKey && Array.isArray(value)
          ? mergeLists(items, value, mergeKey)
          : value;
    }
  }
  return result;
}

function mergeLists(before: Json[], patch: Json[], mergeKey: string): Json[] {
  const items = patch.filter(isJsonObject);
  const replaced = items.some(
    item => item.$patch === 'replace' && item[mergeKey] === undefined,
  );
  let result = replaced ? [] : [...before];
  for (const item of items) {
    const key = item[mergeKey];
    if (key === undefined) continue;
    const index = result.findIndex(
      existing => isJsonObject(existing) && existing[mergeKey] === key,
    );
    const existing = result[index];
    if (item.$patch === 'delete') {
      result = result.filter((_, position) => position !== index);
    } else if (isJsonObject(existing)) {
      result[index] = mergePatch(existing, item, true);
    } else {
      result.push(mergePatch({}, item, true));
    }
  }
  return result;
}

function withoutDirectives(patch: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(patch).filter(([key]) => !key.startsWith('$')),
  );
}

/** RFC 6902. */
function jsonPatch(target: JsonObject, patch: Json): JsonObject {
  if (!Array.isArray(patch)) {
    throw StatusError.badRequest('a JSON patch is a list of operations');
  }
  const document: JsonObject = structuredClone(target);
  for (const operation of patch) {
    if (!isJsonObject(operation)) throw unprocessable('not an operation');
    const op = textAt(operation, 'op');
    const path = textAt(operation, 'path') ?? '';
    if (op === 'move' || op === 'copy') {
      const from = textAt(operation, 'from') ?? '';
      const value = valueAt(document, from);
      if (op === 'move') change(document, 'remove', from, value);
      change(document, 'add', path, structuredClone(value));
    } else if (op === 'test') {
      if (!isDeepStrictEqual(valueAt(document, path), operation.value)) {
        throw unprocessable(`testing value ${path} failed`);
      }
    } else if (op === 'add' || op === 'remove' || op === 'replace') {
      change(document, op, path, operation.value);
    } else {
      throw unprocessable(`unexpected kind: ${op}`);
    }
  }
  return document;
}

function change(
  document: JsonObject,
  op: 'add' | 'remove' | 'replace',
  path: string,
  value: Json | undefined,
): void {
  const keys = pointer(path);
  const last = keys.pop();
  if (last === undefined) throw unprocessable('the path is that of the whole');
  const parent = valueAt(document, path.slice(0, path.lastIndexOf('/')));
  if (op !== 'add') valueAt(document, path);
  if (Array.isArray(parent)) {
    const index = last === '-' ? parent.length : Number(last);
    if (!(index >= 0 && index <= parent.length)) throw missing(path);
    const added = op === 'remove' ? [] : [value ?? null];
    parent.splice(index, op === 'add' ? 0 : 1, ...added);
  } else if (!isJsonObject(parent)) {
    throw missing(path);
  } else if (op === 'remove') {
    delete parent[last];
  } else {
    parent[last] = value;
  }
}

function valueAt(document: JsonObject, path: string): Json {
  let current: Json | undefined = document;
  for (const key of pointer(path)) {
    if (Array.isArray(current)) current = current[Number(key)];
    else current = isJsonObject(current) ? current[key] : undefined;
    if (current === undefined) throw missing(path);
  }
  return current;
}

function pointer(path: string): string[] {
  return path
    .split('/')
    .slice(1)
    .map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function missing(path: string): StatusError {
  return unprocessable(`the path does not exist: ${path}`);
}

function unprocessable(problem: string): StatusError {
  return StatusError.create(
    422,
    'Invalid',
    `the server rejected our request due to an error in our request: ${problem}`,
  );
}
