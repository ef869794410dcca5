import type { RawHeaders } from '../../upstream';

const USER = 'impersonate-user';
const GROUP = 'impersonate-group';
/** The only name of the system that anybody may have. */
const AUTHENTICATED = 'system:authenticated';

/**
 * Why an agent sends a request on to no API server, whatever the proxy has
 * decided: it would be made as the agent itself, or as a part of the cluster.
 *
 * @param headers - as the API server would get them
 */
export function identityObjection(headers: RawHeaders): string | undefined {
  let users = 0;
  let isNobody = false;
  let system: string | undefined;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const isUser = isNamed(headers[i], USER);
    if (isUser || isNamed(headers[i], GROUP)) {
      const name = headers[i + 1];
      const isSystem = name.trim().startsWith('system:');
      users += isUser ? 1 : 0;
      isNobody ||= isUser && name.trim() === '';
      if (isSystem && (isUser || name !== AUTHENTICATED)) {
        system ??= name;
      }
    }
  }
  if (users !== 1 || isNobody) {
    return 'the tunnel agent forwards no call that does not say for which user it is';
  }
  return system === undefined
    ? undefined
    : `the tunnel agent forwards no call as ${system}`;
}

/** Lengths differ mostly, and this is asked of each header of each call. */
function isNamed(header: string, name: string): boolean {
  return header.length === name.length && header.toLowerCase() === name;
}
