/** What whoever switches TLS off is told. */
export const PLAIN_HTTP_WARNING =
  'server.plainHttp: the proxy listens without TLS, so the credentials of users are readable on the way from the balancer to it';
