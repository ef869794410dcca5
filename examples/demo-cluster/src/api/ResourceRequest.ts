export type Verb =
  | 'get'
  | 'list'
  | 'watch'
  | 'create'
  | 'update'
  | 'patch'
  | 'delete'
  | 'deletecollection';

/** What somebody wants to do, in the words of Kubernetes authorization. */
export interface AccessAttributes {
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

export interface ResourceRequest extends AccessAttributes {
  readonly verb: Verb;
}

/** `undefined` when the path is not that of a resource (`/version`, `/api`). */
export function parseResourceRequest(
  method: string,
  url: URL,
): ResourceRequest | undefined {
  const parts = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
  const root = parts.shift();
  if (root !== 'api' && root !== 'apis') return undefined;
  const group = root === 'apis' ? parts.shift() : '';
  const version = parts.shift();
  if (group === undefined || version === undefined || parts.length === 0) {
    return undefined;
  }
  let namespace: string | undefined;
  if (parts[0] === 'namespaces' && parts.length > 1) {
    namespace = parts[1];
    // `namespaces/dev` is the namespace itself, in itself.
    if (parts.length > 2) parts.splice(0, 2);
  }
  const [resource, name, subresource, ...rest] = parts;
  if (rest.length > 0) return undefined;
  const verb = verbOf(method, name, url.searchParams);
  return (
    verb && { verb, group, version, resource, subresource, namespace, name }
  );
}

function verbOf(
  method: string,
  name: string | undefined,
  query: URLSearchParams,
): Verb | undefined {
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (name) return 'get';
      return isTrue(query.get('watch')) ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name ? 'delete' : 'deletecollection';
    default:
      return undefined;
  }
}

/** A boolean query parameter: `true` and `1`, as Go reads them. */
export function isTrue(value: string | null): boolean {
  return value === 'true' || value === '1';
}
