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
  const valuesOf = (name: string) =>
    headers.filter(
      (_, i) => i % 2 === 1 && headers[i - 1].toLowerCase() === name,
    );
  const users = valuesOf(USER);
  if (users.length !== 1 || users[0].trim() === '') {
    return 'the tunnel agent forwards no call that does not say for which user it is';
  }
  const system = [...users, ...valuesOf(GROUP)].find(
    name => name.trim().startsWith('system:') && name !== AUTHENTICATED,
  );
  if (system !== undefined || users[0] === AUTHENTICATED) {
    return `the tunnel agent forwards no call as ${system ?? users[0]}`;
  }
  return undefined;
}
