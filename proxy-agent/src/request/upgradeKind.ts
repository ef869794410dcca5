/** What a request wants its connection to become. */
export type UpgradeKind = 'websocket' | 'spdy' | 'other';

/** The headers read here, by lower-case name, as `node:http` gives them. */
export interface UpgradeHeaders {
  connection?: string;
  upgrade?: string;
}

/**
 * Which transport a request asks for; undefined for none. A list of transports
 * is `other`: the server would be free to choose.
 */
export function upgradeKind(headers: UpgradeHeaders): UpgradeKind | undefined {
  const connection = (headers.connection ?? '').toLowerCase();
  const upgrade = (headers.upgrade ?? '').trim().toLowerCase();
  // Like Kubernetes, which does not parse the list.
  if (upgrade === '' || !connection.includes('upgrade')) {
    return undefined;
  }
  switch (upgrade) {
    case 'websocket':
      return 'websocket';
    case 'spdy/3.1':
      return 'spdy';
    default:
      return 'other';
  }
}
