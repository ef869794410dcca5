import { isDeepStrictEqual } from 'node:util';
import type { ProxyConfig } from './ProxyConfig';

/** What a running proxy takes over; everything else takes effect at its next start. */
const RELOADED = new Set([
  'clusters',
  'limits',
  'log',
  'policy',
  'server.tls',
  'server.publicUrl',
]);

/** The dotted paths, two keys deep, of what differs and cannot change while the proxy runs. */
export function restartOnlyChanges(
  started: ProxyConfig,
  next: ProxyConfig,
): string[] {
  return Object.entries(flatten(next))
    .concat(Object.entries(flatten(started)))
    .map(([path]) => path)
    .filter((path, index, paths) => paths.indexOf(path) === index)
    .filter(
      path =>
        !RELOADED.has(path) &&
        !RELOADED.has(path.split('.')[0]) &&
        !isDeepStrictEqual(flatten(started)[path], flatten(next)[path]),
    );
}

/** Another configuration as far as a running proxy takes it over; the rest is as it was started with. */
export function asTakenOver(
  started: ProxyConfig,
  next: ProxyConfig,
): ProxyConfig {
  const { clusters, limits, log, policy, server } = next;
  return {
    ...started,
    clusters,
    limits,
    log,
    policy,
    server: {
      ...started.server,
      tls: (started.server.tls && server.tls) ?? started.server.tls,
      publicUrl: server.publicUrl,
    },
  };
}

/** Whether there is TLS at all is decided when the proxy begins to listen. */
function flatten(config: ProxyConfig): Record<string, unknown> {
  const flat: Record<string, unknown> = {
    'server.tls (on or off)': config.server.tls !== undefined,
  };
  for (const [key, value] of Object.entries(config)) {
    if (typeof value === 'object' && !Array.isArray(value)) {
      for (const [inner, item] of Object.entries(value)) {
        flat[`${key}.${inner}`] = item;
      }
    } else {
      flat[key] = value;
    }
  }
  return flat;
}
