import { readFileSync } from 'node:fs';
import type { Address } from '../load';

/** How clients reach a proxy. */
export type Transport = 'http' | 'tls';

/** PEM files of the certificate that all proxies show to clients. */
export type CertificateFiles = { certFile: string; keyFile: string };

/** What a contender is started with. */
export type ContenderOptions = {
  transport: Transport;
  /** Of the API server, plain HTTP on loopback. */
  upstreamPort: number;
  portalPort: number;
  /** The bearer token that clients send. */
  credential: string;
  certificate: CertificateFiles;
  /** An empty folder of its own. */
  directory: string;
  /** Processes that serve, one for each core; most contenders know only one. */
  workers?: number;
};

/** A proxy that runs, pinned to the proxies' core. */
export type RunningContender = {
  address: Address;
  /** What stands in its URLs before the path of Kubernetes. */
  pathPrefix: string;
  /** The bearer token that clients send. */
  credential: string;
  /** Its processes; none where there is no proxy. */
  pids: number[];
  /** Resolves when what the calls caused beside them is done, too: so many audit records, since the start, have reached the portal. */
  settled: (records: number) => Promise<void>;
  stop: () => Promise<void>;
};

/** A way to reach the API server whose cost is measured. */
export type Contender = {
  name: string;
  isProxy: boolean;
  transports: Transport[];
  start: (options: ContenderOptions) => Promise<RunningContender>;
};

/** Where clients reach a contender that listens on the port. */
export function addressOf(
  port: number,
  { transport, certificate }: ContenderOptions,
): Address {
  return {
    port,
    certificate:
      transport === 'tls'
        ? readFileSync(certificate.certFile, 'utf8')
        : undefined,
  };
}
