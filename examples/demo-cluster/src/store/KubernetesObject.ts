import { isJsonObject, JsonObject, textAt } from '../json';
import { groupVersion, Resource } from '../api/Resource';
import { StatusError } from '../api/StatusError';

export type ObjectMeta = JsonObject & {
  name: string;
  namespace?: string;
  uid: string;
  resourceVersion: string;
  creationTimestamp: string;
};

export type KubernetesObject = JsonObject & {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
};

/** An object as a client sends it: what the store gives is still missing. */
export type Draft = JsonObject & { metadata: JsonObject & { name: string } };

const MAX_NAME_LENGTH = 253;
const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/** Checks what the path and the body say against each other. */
export function parseDraft(
  resource: Resource,
  namespace: string | undefined,
  body: JsonObject,
  newName: (prefix: string) => string,
): Draft {
  const apiVersion = body.apiVersion ?? groupVersion(resource);
  const kind = body.kind ?? resource.kind;
  if (apiVersion !== groupVersion(resource) || kind !== resource.kind) {
    throw StatusError.badRequest(
      `${kind} in version "${apiVersion}" cannot be handled as a ${resource.kind}`,
    );
  }
  const metadata = isJsonObject(body.metadata) ? body.metadata : {};
  const prefix = textAt(metadata, 'generateName');
  const name =
    textAt(metadata, 'name') || (prefix ? newName(prefix) : undefined);
  if (!name) {
    throw StatusError.invalid(
      resource,
      '',
      'metadata.name: Required value: name or generateName is required',
    );
  }
  if (name.length > MAX_NAME_LENGTH || !NAME.test(name)) {
    throw StatusError.invalid(
      resource,
      name,
      `metadata.name: Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of lower case ` +
        "alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
    );
  }
  if ((metadata.namespace || namespace) !== namespace) {
    throw StatusError.badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
  return {
    ...body,
    apiVersion,
    kind,
    metadata: { ...metadata, name, namespace },
  };
}
