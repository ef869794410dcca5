import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  cryptoProvider,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 24 * 3600 * 1000;

/** A certificate and its key, as PEM and as files. */
export type TestCertificate = {
  cert: string;
  key: string;
  certFile: string;
  keyFile: string;
};

/** Signs certificates for tests, and keeps them in a directory of its own. */
export class TestAuthority {
  readonly directory = mkdtempSync(join(tmpdir(), 'authority-'));
  readonly caFile = join(this.directory, 'ca.pem');
  readonly ca: string;
  readonly #keys: CryptoKeyPair;
  readonly #certificate: X509Certificate;
  #issued = 0;

  static async create(name = 'test authority'): Promise<TestAuthority> {
    cryptoProvider.set(crypto);
    // Node's types and the DOM's differ in what a key can be used for.
    const keys = (await crypto.subtle.generateKey(ALGORITHM, true, [
      'sign',
      'verify',
    ])) as CryptoKeyPair;
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: `CN=${name}`,
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + DAY_MS),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [new BasicConstraintsExtension(true)],
    });
    return new TestAuthority(keys, certificate);
  }

  private constructor(keys: CryptoKeyPair, certificate: X509Certificate) {
    this.#keys = keys;
    this.#certificate = certificate;
    this.ca = certificate.toString('pem');
    writeFileSync(this.caFile, this.ca);
  }

  /** @param names - DNS names and addresses that it is for; the first is the common name, too */
  async issue(...names: string[]): Promise<TestCertificate> {
    // Node's types and the DOM's differ in what a key can be used for.
    const keys = (await crypto.subtle.generateKey(ALGORITHM, true, [
      'sign',
      'verify',
    ])) as CryptoKeyPair;
    this.#issued += 1;
    const certificate = await X509CertificateGenerator.create({
      serialNumber: `0${this.#issued}`,
      subject: `CN=${names[0]}`,
      issuer: this.#certificate.subject,
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + DAY_MS),
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      extensions: [
        new SubjectAlternativeNameExtension(
          names.map(value => ({
            type: isIP(value) ? ('ip' as const) : ('dns' as const),
            value,
          })),
        ),
      ],
    });
    const cert = certificate.toString('pem');
    const key = PemConverter.encode(
      await crypto.subtle.exportKey('pkcs8', keys.privateKey),
      'PRIVATE KEY',
    );
    const certFile = join(this.directory, `${this.#issued}.pem`);
    const keyFile = join(this.directory, `${this.#issued}.key`);
    writeFileSync(certFile, cert);
    writeFileSync(keyFile, key);
    return { cert, key, certFile, keyFile };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}
