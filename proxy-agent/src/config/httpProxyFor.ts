/**
 * The HTTP proxy that the environment names for a URL, as curl understands
 * `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.
 *
 * @throws Error when what it names is no URL of an HTTP proxy
 */
export function httpProxyFor(
  url: URL,
  environment: NodeJS.ProcessEnv,
): URL | undefined {
  const variable = (name: string) =>
    environment[name.toLowerCase()] ?? environment[name];
  const proxy =
    variable(url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY') ||
    variable('ALL_PROXY');
  if (!proxy || isExempt(url, variable('NO_PROXY') ?? '')) {
    return undefined;
  }
  const address = proxy.includes('://') ? proxy : `http://${proxy}`;
  if (!URL.canParse(address) || new URL(address).protocol !== 'http:') {
    throw new Error('HTTPS_PROXY names no HTTP proxy');
  }
  return new URL(address);
}

function isExempt(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return list
    .split(',')
    .map(entry => entry.trim().toLowerCase())
    .filter(Boolean)
    .some(entry => {
      const [, name, port] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      if (port && port !== (url.port || '443')) {
        return false;
      }
      const domain = name.replace(/^\*?\./, '');
      return entry === '*' || host === domain || host.endsWith(`.${domain}`);
    });
}
