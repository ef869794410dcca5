import { httpProxyFor, TunnelConfig } from '../../config';

/** The HTTP proxy on the way to a proxy: that of the configuration, or of the environment. */
export function httpProxyTo(
  proxyUrl: string,
  { httpProxy }: Pick<TunnelConfig, 'httpProxy'>,
): URL | undefined {
  return httpProxy
    ? new URL(httpProxy)
    : httpProxyFor(new URL(proxyUrl), process.env);
}
