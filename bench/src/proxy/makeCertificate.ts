import { webcrypto } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  cryptoProvider,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { CertificateFiles } from './Contender';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 24 * 3600 * 1000;

/** A certificate for 127.0.0.1 that signs itself, in the folder. */
export async function makeCertificate(
  folder: string,
): Promise<CertificateFiles> {
  cryptoProvider.set(webcrypto as Crypto);
  // Node's types and the DOM's differ in what a key can be used for.
  const keys = (await webcrypto.subtle.generateKey(ALGORITHM, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=benchmark',
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
    ],
  });
  const certFile = join(folder, 'certificate.pem');
  const keyFile = join(folder, 'key.pem');
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  writeFileSync(certFile, certificate.toString('pem'));
  writeFileSync(keyFile, PemConverter.encode(key, 'PRIVATE KEY'), {
    mode: 0o600,
  });
  return { certFile, keyFile };
}
