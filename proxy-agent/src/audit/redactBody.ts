/** What stands where a secret stood. */
export const REDACTED = '[redacted]';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

type JsonObject = Record<string, unknown>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is known of a body from its URL. */
export type BodyResource = {
  apiGroup: string;
  /** Plural, without the subresource. */
  resource: string;
  subresource: string;
};

type SensitiveKind =
  | 'Secret'
  | 'TokenRequest'
  | 'TokenReview'
  | 'CertificateSigningRequest';

/** Keys whose values are secret, each with what stays visible below it. */
const SECRET_KEYS: Record<SensitiveKind, { path: string[]; keys: string[] }[]> =
  {
    Secret: [{ path: [], keys: ['data', 'stringData'] }],
    TokenRequest: [{ path: ['status'], keys: ['token'] }],
    TokenReview: [{ path: ['spec'], keys: ['token'] }],
    CertificateSigningRequest: [
      { path: ['spec'], keys: ['request'] },
      { path: ['status'], keys: ['certificate'] },
    ],
  };

function kindOfUrl(resource: BodyResource): SensitiveKind | undefined {
  if (resource.apiGroup === '' && resource.resource === 'secrets') {
    return 'Secret';
  }
  if (resource.subresource === 'token') {
    return 'TokenRequest';
  }
  if (resource.resource === 'tokenreviews') {
    return 'TokenReview';
  }
  if (resource.resource === 'certificatesigningrequests') {
    return 'CertificateSigningRequest';
  }
  return undefined;
}

function kindOfBody(body: JsonObject): SensitiveKind | undefined {
  const { kind } = body;
  return typeof kind === 'string' && Object.hasOwn(SECRET_KEYS, kind)
    ? (kind as SensitiveKind)
    : undefined;
}

/** Every value is hidden, the names of the keys stay. */
function hideValues(value: unknown): unknown {
  return isObject(value)
    ? Object.fromEntries(Object.keys(value).map(key => [key, REDACTED]))
    : REDACTED;
}

function hideAt(body: JsonObject, path: string[], keys: string[]): JsonObject {
  const [next, ...rest] = path;
  if (next !== undefined) {
    const child = body[next];
    return isObject(child)
      ? { ...body, [next]: hideAt(child, rest, keys) }
      : body;
  }
  const copy = { ...body };
  for (const key of keys) {
    if (copy[key] !== undefined && copy[key] !== null) {
      copy[key] = hideValues(copy[key]);
    }
  }
  return copy;
}

/** `last-applied-configuration` repeats the whole object as a string. */
function redactLastApplied(
  body: JsonObject,
  resource: BodyResource,
): JsonObject {
  const metadata = body.metadata;
  const annotations = isObject(metadata) ? metadata.annotations : undefined;
  if (!isObject(metadata) || !isObject(annotations)) {
    return body;
  }
  const applied = annotations[LAST_APPLIED];
  if (typeof applied !== 'string') {
    return body;
  }
  let redacted = REDACTED;
  try {
    redacted = JSON.stringify(redactObject(JSON.parse(applied), resource));
  } catch {
    // What cannot be read is not shown.
  }
  return {
    ...body,
    metadata: {
      ...metadata,
      annotations: { ...annotations, [LAST_APPLIED]: redacted },
    },
  };
}

function redactObject(value: unknown, resource: BodyResource): unknown {
  if (!isObject(value)) {
    return kindOfUrl(resource) ? REDACTED : value;
  }
  let body = redactLastApplied(value, resource);
  // By URL and by what the body says it is: either is enough to hide.
  const kinds = new Set([kindOfUrl(resource), kindOfBody(body)]);
  for (const kind of kinds) {
    if (kind) {
      for (const { path, keys } of SECRET_KEYS[kind]) {
        body = hideAt(body, path, keys);
      }
    }
  }
  if (Array.isArray(body.items)) {
    body = {
      ...body,
      items: body.items.map(item => redactObject(item, resource)),
    };
  }
  return body;
}

/** The places of a JSON patch that may be shown for a sensitive resource. */
const HARMLESS_PATCH_PATH =
  /^\/(?:type|immutable|kind|apiVersion|metadata\/(?:name|namespace|labels|finalizers|ownerReferences)(?:\/.*)?)$/;

function redactJsonPatch(
  operations: unknown[],
  resource: BodyResource,
): unknown[] {
  const sensitive = kindOfUrl(resource) !== undefined;
  return operations.map(operation => {
    if (!isObject(operation) || operation.value === undefined) {
      return operation;
    }
    const path = String(operation.path ?? '');
    const applied = path.includes('last-applied-configuration');
    if (applied || (sensitive && !HARMLESS_PATCH_PATH.test(path))) {
      return { ...operation, value: REDACTED };
    }
    return { ...operation, value: redactObject(operation.value, resource) };
  });
}

/**
 * A parsed request body (object, merge or strategic patch, list, or JSON
 * patch) without what is secret in it.
 */
export function redactBody(body: unknown, resource: BodyResource): unknown {
  return Array.isArray(body)
    ? redactJsonPatch(body, resource)
    : redactObject(body, resource);
}
