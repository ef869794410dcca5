import { readFileSync } from 'node:fs';
import {
  Agent,
  createServer,
  RequestListener,
  Server,
  ServerOptions,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { CertificateFiles } from '../Contender';

/** What a peer process finds in PEER (JSON). */
export type PeerOptions = {
  port: number;
  upstreamPort: number;
  /** Undefined for plain HTTP. */
  certificate?: CertificateFiles;
  /** The entry file of a library that was fetched. */
  library?: string;
};

export const peerOptions: PeerOptions = JSON.parse(process.env.PEER ?? '{}');

/** Connections to the API server are kept, as the audited proxy keeps them. */
export const keepAliveAgent = new Agent({ keepAlive: true });

const SERVER_OPTIONS: ServerOptions = { requestTimeout: 0, noDelay: true };

/** Serves on the peer's port, with the same limits as the audited proxy. */
export function servePeer(listener: RequestListener): Server {
  const { certificate, port } = peerOptions;
  const server = certificate
    ? createTlsServer(
        {
          ...SERVER_OPTIONS,
          cert: readFileSync(certificate.certFile),
          key: readFileSync(certificate.keyFile),
        },
        listener,
      )
    : createServer(SERVER_OPTIONS, listener);
  return server.listen(port, '127.0.0.1');
}
