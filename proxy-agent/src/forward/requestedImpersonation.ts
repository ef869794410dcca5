import type { RequestedImpersonation } from 'backstage-plugin-kubernetes-audit-common';

/** What `--as` and `--as-group` put into the headers. */
export function requestedImpersonation(
  raw: readonly string[],
): RequestedImpersonation {
  let user: string | undefined;
  const groups: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    switch (raw[i].toLowerCase()) {
      case 'impersonate-user':
        // Of several, a later one must not slip by the check of the first.
        user = user === undefined ? raw[i + 1] : `${user}, ${raw[i + 1]}`;
        break;
      case 'impersonate-group':
        groups.push(raw[i + 1]);
        break;
      default:
    }
  }
  return { user, groups };
}
