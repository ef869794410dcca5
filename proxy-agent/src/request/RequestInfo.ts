import { fieldSelectorName } from './fieldSelectorName';
import { InvalidRequestUrlError } from './InvalidRequestUrlError';
import { parseRequestUrl, RequestUrl } from './parseRequestUrl';

/**
 * What a request asks of the Kubernetes API, in the API server's own terms
 * (`RequestInfo` of `k8s.io/apiserver`). What is absent is the empty string, as
 * the core group is.
 */
export interface RequestInfo {
  /** Whether it is for an API resource; if not, only path and verb are set. */
  isResourceRequest: boolean;
  /** The decoded path. */
  path: string;
  /**
   * get, list, watch, create, update, patch, delete, deletecollection, or of a
   * legacy prefix: watch, proxy. Empty for another HTTP method. Of a
   * non-resource request the HTTP method in lower case.
   */
  verb: string;
  /** `api` or `apis`. */
  apiPrefix: string;
  apiGroup: string;
  apiVersion: string;
  /** Also set for a namespace itself, to its own name. */
  namespace: string;
  resource: string;
  subresource: string;
  /** From the path, or from a field selector on `metadata.name`. */
  name: string;
  /** The path from the resource on: resource, name, subresource, more. */
  parts: readonly string[];
}

const GROUPLESS_PREFIX = 'api';
const GROUP_PREFIX = 'apis';

/** These stand for a verb when they come after the version. */
const VERB_PREFIXES = new Set(['proxy', 'watch']);

/** All else after a namespace's name is a resource inside of it. */
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

const VERB_OF_METHOD = new Map([
  ['POST', 'create'],
  ['GET', 'get'],
  ['HEAD', 'get'],
  ['PUT', 'update'],
  ['PATCH', 'patch'],
  ['DELETE', 'delete'],
]);

/**
 * Reads a request as the API server does.
 *
 * @param method - the HTTP method, in upper case
 * @param url - the request target: path and query, below the cluster's prefix
 * @throws InvalidRequestUrlError if it could be read in another way, too
 */
export function parseRequestInfo(method: string, url: string): RequestInfo {
  const requestUrl = parseRequestUrl(url);
  const info: RequestInfo = {
    isResourceRequest: false,
    path: requestUrl.path,
    verb: method.toLowerCase(),
    apiPrefix: '',
    apiGroup: '',
    apiVersion: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    parts: [],
  };

  const [prefix, ...rest] = requestUrl.segments;
  if (prefix === GROUPLESS_PREFIX && rest.length >= 2) {
    const [apiVersion, ...parts] = rest;
    return parseResource(method, requestUrl, parts, {
      ...info,
      apiPrefix: prefix,
      apiVersion,
    });
  }
  if (prefix === GROUP_PREFIX && rest.length >= 3) {
    const [apiGroup, apiVersion, ...parts] = rest;
    return parseResource(method, requestUrl, parts, {
      ...info,
      apiPrefix: prefix,
      apiGroup,
      apiVersion,
    });
  }
  return info;
}

function parseResource(
  method: string,
  url: RequestUrl,
  path: string[],
  base: RequestInfo,
): RequestInfo {
  let verb = VERB_OF_METHOD.get(method) ?? '';
  let parts = path;
  if (VERB_PREFIXES.has(parts[0])) {
    if (parts.length < 2) {
      throw new InvalidRequestUrlError(`nothing follows ${parts[0]}`);
    }
    [verb, ...parts] = parts;
  }

  let namespace = '';
  if (parts[0] === 'namespaces' && parts.length > 1) {
    namespace = parts[1];
    if (parts.length > 2 && !NAMESPACE_SUBRESOURCES.has(parts[2])) {
      parts = parts.slice(2);
    }
  }

  const [resource, nameInPath = '', third = ''] = parts;
  let name = nameInPath;
  if (name === '' && verb === 'get') {
    verb = isTrue(url.query.get('watch')) ? 'watch' : 'list';
    const [selector] = url.query.get('fieldSelector') ?? [];
    // Other invalid list options make the API server forget the selector, too,
    // but it then answers 400 whatever it thinks of the name.
    name = (selector && fieldSelectorName(selector)) || '';
  }
  if (name === '' && verb === 'delete') {
    verb = 'deletecollection';
  }

  return {
    ...base,
    isResourceRequest: true,
    verb,
    namespace,
    resource,
    // What follows the name after `proxy` is the proxied path.
    subresource: verb === 'proxy' ? '' : third,
    name,
    parts,
  };
}

/** Kubernetes' reading of a boolean in a query: the first value counts. */
export function isTrue(values: readonly string[] | undefined): boolean {
  if (values === undefined) {
    return false;
  }
  // With Unicode's case folding, as in Go: `falſe` is false.
  return values[0] !== '0' && !/^false$/iu.test(values[0]);
}
