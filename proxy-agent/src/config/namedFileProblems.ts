import { createPrivateKey, KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { ConfigProblem } from './ConfigError';
import { ClusterConnection, readClusterConnection } from './kubeconfig';
import type { ClusterAccess, ProxyConfig } from './ProxyConfig';
import type { TrackedFiles } from './TrackedFiles';

const CERTIFICATE =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----.+?-----END/s;

const READ_ERRORS: Record<string, string> = {
  ENOENT: 'is not there',
  ENOTDIR: 'is not there',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  EISDIR: 'is a directory',
};

/** A certificate, its key, and the authorities that are trusted; each with what it is called in a message. */
type TlsMaterial = Record<
  'ca' | 'cert' | 'key',
  { path: string; name: string; pem: string | undefined }
>;

/** The parts of a configuration that name files. */
export type NamingConfig = {
  clusters: ClusterAccess[];
  server?: Pick<ProxyConfig['server'], 'tls'>;
  portal?: Pick<ProxyConfig['portal'], 'tokenFile' | 'caFile'>;
  proxies?: { caFile?: string }[];
};

/**
 * What is wrong with the files that a configuration names: kubeconfigs,
 * certificates and keys. Each file that is wrong is one problem.
 *
 * @param options.tokens - also token files; a proxy starts without them, since
 *   they are read when they are needed, and may appear later
 */
export function namedFileProblems(
  config: NamingConfig,
  files: TrackedFiles,
  options: { tokens?: boolean } = {},
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const say = (path: string, message: string) => {
    if (!problems.some(p => p.path === path && p.message === message)) {
      problems.push({ path, message });
    }
  };
  /** Undefined when that is a problem already. */
  const read = (path: string, file: string | undefined, isToken = false) => {
    if (file === undefined) {
      return undefined;
    }
    try {
      // A token that changes is no other configuration.
      const text = isToken ? readFileSync(file, 'utf8') : files.read(file);
      if (text.trim()) {
        return text;
      }
      say(path, `${file} is empty`);
    } catch (error) {
      const { code = '', message } = error as NodeJS.ErrnoException;
      say(path, `${file} ${READ_ERRORS[code] ?? `cannot be read: ${message}`}`);
    }
    return undefined;
  };
  const readToken = (path: string, file: string | undefined) => {
    if (options.tokens) {
      read(path, file, true);
    }
  };
  const material = (path: string, named: NamedFiles): TlsMaterial => {
    const of = (key: keyof NamedFiles) => ({
      path: `${path}.${key}`,
      name: named[key] ?? '',
      pem: read(`${path}.${key}`, named[key]),
    });
    return { ca: of('caFile'), cert: of('certFile'), key: of('keyFile') };
  };

  config.clusters.forEach((cluster: ClusterAccess, index) => {
    const path = `clusters.${index}`;
    if (!cluster.kubeconfig) {
      readToken(`${path}.tokenFile`, cluster.tokenFile);
      checkTls(material(path, cluster), say);
      return;
    }
    const connection = connectionOf(cluster, cluster.kubeconfig, {
      read: file => read(`${path}.kubeconfig`, file),
      say: message => say(`${path}.kubeconfig`, message),
    });
    if (connection) {
      readToken(`${path}.kubeconfig`, connection.tokenFile);
      checkTls(materialOf(connection, cluster.kubeconfig, path), say);
    }
  });
  if (config.server?.tls) {
    checkTls(material('server.tls', config.server.tls), say);
  }
  if (config.portal) {
    readToken('portal.tokenFile', config.portal.tokenFile);
    checkTls(material('portal', { caFile: config.portal.caFile }), say);
  }
  config.proxies?.forEach(({ caFile }, index) =>
    checkTls(material(`proxies.${index}`, { caFile }), say),
  );
  return problems;
}

type NamedFiles = { caFile?: string; certFile?: string; keyFile?: string };

/** What a kubeconfig says, as far as the files that it names can be read. */
function connectionOf(
  cluster: ClusterAccess,
  kubeconfig: string,
  options: {
    read: (file: string) => string | undefined;
    say: (message: string) => void;
  },
): ClusterConnection | undefined {
  const text = options.read(kubeconfig);
  if (text === undefined) {
    return undefined;
  }
  try {
    return readClusterConnection(cluster, file =>
      // Nothing more is said of a file that cannot be read.
      file === kubeconfig ? text : options.read(file) ?? '',
    );
  } catch (error) {
    options.say((error as Error).message);
    return undefined;
  }
}

function materialOf(
  connection: ClusterConnection,
  kubeconfig: string,
  path: string,
): TlsMaterial {
  const of = (what: string, pem: string | undefined) => ({
    path: `${path}.kubeconfig`,
    name: `the ${what} of ${kubeconfig}`,
    pem: pem || undefined,
  });
  return {
    ca: of('certificate authority', connection.certificateAuthority),
    cert: of('client certificate', connection.clientCertificate),
    key: of('client key', connection.clientKey),
  };
}

function checkTls(
  { ca, cert, key }: TlsMaterial,
  say: (path: string, message: string) => void,
): void {
  const readCertificate = ({ path, name, pem }: TlsMaterial['ca']) => {
    if (pem === undefined) {
      return undefined;
    }
    if (!CERTIFICATE.test(pem)) {
      say(path, `${name} holds no certificate in PEM format`);
      return undefined;
    }
    try {
      return new X509Certificate(pem);
    } catch {
      say(path, `${name} holds a damaged certificate`);
      return undefined;
    }
  };
  const authority = readCertificate(ca);
  const certificate = readCertificate(cert);
  const privateKey = readKey(key, say);
  if (certificate && privateKey && !certificate.checkPrivateKey(privateKey)) {
    say(key.path, `${key.name} is not the key of ${cert.name}`);
    return;
  }
  const whole = (
    Object.entries({
      ca: authority && ca.pem,
      cert: certificate && privateKey && cert.pem,
      key: certificate && privateKey && key.pem,
    }) as [keyof TlsMaterial, string | undefined][]
  ).filter(([, pem]) => pem);
  try {
    createSecureContext(Object.fromEntries(whole));
  } catch (error) {
    // Such as a key that is too short for today.
    say((certificate ? cert : ca).path, (error as Error).message);
  }
}

function readKey(
  { path, name, pem }: TlsMaterial['key'],
  say: (path: string, message: string) => void,
): KeyObject | undefined {
  if (pem === undefined) {
    return undefined;
  }
  try {
    return createPrivateKey(pem);
  } catch {
    say(
      path,
      pem.includes('ENCRYPTED')
        ? `${name} is locked with a passphrase, which cannot be given`
        : `${name} holds no private key in PEM format`,
    );
    return undefined;
  }
}
