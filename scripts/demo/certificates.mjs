import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { writePrivateFile } from './secretFile.mjs';

const DAY_MS = 24 * 60 * 60 * 1000;
const VALIDITY_MS = 365 * DAY_MS;
/** A certificate with less than this left is made anew. */
const RENEWAL_MS = 30 * DAY_MS;
/** Against clocks that differ. */
const BACKDATING_MS = 60 * 60 * 1000;

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNATURE_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' };

/**
 * @typedef {object} ServerCertificate
 * @property {string} certFile
 * @property {string} keyFile
 */

/**
 * Server certificates for localhost under a CA of the demo's own. They are
 * kept until they are about to run out; then all are made anew. The CA's key
 * is never written: nobody can sign with a CA that the user came to trust.
 *
 * @param {string} directory
 * @param {string[]} serverNames - one certificate each: `<name>.crt`, `<name>.key`
 * @returns {Promise<{ caFile: string, servers: ServerCertificate[] }>}
 */
export async function demoCertificates(directory, serverNames) {
  const caFile = join(directory, 'ca.crt');
  const servers = serverNames.map(name => ({
    certFile: join(directory, `${name}.crt`),
    keyFile: join(directory, `${name}.key`),
  }));
  const files = [
    caFile,
    ...servers.flatMap(({ certFile, keyFile }) => [certFile, keyFile]),
  ];
  if (!files.every(existsSync) || runsOut(caFile)) {
    await makeCertificates(caFile, servers);
  }
  return { caFile, servers };
}

/** @param {string} caFile */
function runsOut(caFile) {
  const { notAfter } = new x509.X509Certificate(readFileSync(caFile, 'utf8'));
  return notAfter.getTime() - Date.now() < RENEWAL_MS;
}

/**
 * @param {string} caFile
 * @param {ServerCertificate[]} servers
 */
async function makeCertificates(caFile, servers) {
  const validity = {
    notBefore: new Date(Date.now() - BACKDATING_MS),
    notAfter: new Date(Date.now() + VALIDITY_MS),
    signingAlgorithm: SIGNATURE_ALGORITHM,
  };
  const caKeys = await makeKeys();
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: 'CN=Kubernetes Audit demo CA',
    keys: caKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  for (const { certFile, keyFile } of servers) {
    const keys = await makeKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      ...validity,
      subject: 'CN=localhost',
      issuer: ca.subject,
      publicKey: keys.publicKey,
      signingKey: caKeys.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
          { type: 'ip', value: '::1' },
        ]),
        await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
      ],
    });
    writePrivateFile(certFile, `${certificate.toString('pem')}\n`);
    writePrivateFile(keyFile, await pemOfPrivateKey(keys.privateKey));
  }
  writePrivateFile(caFile, `${ca.toString('pem')}\n`);
}

function makeKeys() {
  return crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
}

/** @param {CryptoKey} key */
async function pemOfPrivateKey(key) {
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', key);
  return `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`;
}
