import { IncomingMessage, ServerResponse } from 'node:http';
import { JsonObject, objectAt, textAt } from '../json';
import { isAllowed } from './authorize';
import { readObject, sendJson } from './http';
import { Identity } from './Identity';
import { AccessAttributes, ResourceRequest } from './ResourceRequest';

type ReviewStatus = (identity: Identity, body: JsonObject) => JsonObject;

const reviews: Readonly<Record<string, ReviewStatus>> = {
  'authentication.k8s.io/selfsubjectreviews': ({
    userName,
    uid,
    groups,
    extra,
  }) => ({
    userInfo: { username: userName, uid, groups: [...groups], extra },
  }),
  'authorization.k8s.io/selfsubjectaccessreviews': (identity, body) => {
    const allowed = isAllowed(identity, attributesOf(objectAt(body, 'spec')));
    return { allowed, reason: allowed ? 'by a group' : undefined };
  },
};

/** `kubectl auth whoami` and `can-i`. False when the request is neither. */
export async function serveReview(
  request: IncomingMessage,
  response: ServerResponse,
  target: ResourceRequest,
  identity: Identity,
): Promise<boolean> {
  const status = reviews[`${target.group}/${target.resource}`];
  if (!status || target.verb !== 'create') return false;
  const body = await readObject(request);
  sendJson(response, 201, { ...body, status: status(identity, body) });
  return true;
}

function attributesOf(spec: JsonObject): AccessAttributes {
  const attributes = objectAt(spec, 'resourceAttributes');
  const text = (key: string) => textAt(attributes, key) || undefined;
  return {
    verb: text('verb') ?? '',
    group: text('group') ?? '',
    version: text('version') ?? 'v1',
    resource: text('resource') ?? '',
    subresource: text('subresource'),
    namespace: text('namespace'),
    name: text('name'),
  };
}
