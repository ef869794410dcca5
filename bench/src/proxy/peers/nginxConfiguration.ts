import type { ContenderOptions } from '../Contender';

/** nginx as a proxy for Kubernetes has to be: connections are kept, and nothing is buffered. */
export function nginxConfiguration(
  port: number,
  { transport, upstreamPort, certificate, directory }: ContenderOptions,
): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map(kind => `${kind}_temp_path ${directory}/${kind};`)
    .join('\n  ');
  const listen =
    transport === 'tls'
      ? `listen 127.0.0.1:${port} ssl;
    ssl_certificate ${certificate.certFile};
    ssl_certificate_key ${certificate.keyFile};`
      : `listen 127.0.0.1:${port};`;
  return `
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
daemon off;
error_log stderr error;
pid ${directory}/nginx.pid;
events { worker_connections 4096; }
http {
  ${temporary}
  access_log off;
  keepalive_requests 1000000000;
  client_max_body_size 0;
  upstream api {
    server 127.0.0.1:${upstreamPort};
    keepalive 128;
    keepalive_requests 1000000000;
  }
  server {
    ${listen}
    location / {
      proxy_pass http://api;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_request_buffering off;
      proxy_read_timeout 1h;
    }
  }
}
`;
}
