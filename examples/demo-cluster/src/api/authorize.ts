import { Identity } from './Identity';
import { AccessAttributes } from './ResourceRequest';
import { StatusError } from './StatusError';

const DEVELOPER_NAMESPACES = ['dev'];
const READ_VERBS = ['get', 'list', 'watch'];

/** The whole policy of the demo cluster. */
export function isAllowed(
  identity: Identity,
  request: AccessAttributes,
): boolean {
  const { verb, resource, subresource, namespace } = request;
  return identity.groups.some(group => {
    switch (group) {
      case 'system:masters':
        return true;
      case 'system:authenticated':
        return verb === 'create' && resource.startsWith('selfsubject');
      case 'developers':
        return (
          namespace !== undefined &&
          DEVELOPER_NAMESPACES.includes(namespace) &&
          // The namespace itself stays: the demo lives in it.
          (resource !== 'namespaces' || verb === 'get')
        );
      case 'viewers':
        return (
          READ_VERBS.includes(verb) &&
          resource !== 'secrets' &&
          // A WebSocket exec is a `get`; it is no reading all the same.
          (subresource === undefined || subresource === 'log')
        );
      default:
        return false;
    }
  });
}

/** Throws the API server's 403 unless the policy allows the request. */
export function authorize(identity: Identity, request: AccessAttributes): void {
  if (isAllowed(identity, request)) return;
  const { verb, group, resource, subresource, namespace, name } = request;
  const what = group ? `${resource}.${group}` : resource;
  const attempted = subresource ? `${resource}/${subresource}` : resource;
  const where =
    namespace === undefined
      ? 'at the cluster scope'
      : `in the namespace "${namespace}"`;
  throw StatusError.create(
    403,
    'Forbidden',
    `${what}${name ? ` "${name}"` : ''} is forbidden: User "${
      identity.userName
    }" cannot ${verb} resource "${attempted}" in API group "${group}" ${where}`,
    { name, group: group || undefined, kind: resource },
  );
}
