import { ForwardedError } from '@backstage/errors';
import {
  calculateJwkThumbprint,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importPKCS8,
  JWK,
  KeyLike,
} from 'jose';
import type { Knex } from 'knex';
import { publicKeySchema } from 'backstage-plugin-kubernetes-audit-common';
import type { z } from 'zod';
import type { SecretBox } from './SecretBox';

/** The algorithm of all signatures. */
export const SIGNATURE_ALGORITHM = 'ES256';

export type PublicKey = z.infer<typeof publicKeySchema>;

type SigningKeyRow = {
  generation: number;
  kid: string;
  /** JSON of a {@link PublicKey}. */
  public_key: string;
  /** PKCS #8, sealed with the kid as label. */
  encrypted_private_key: string;
  created_at: number;
};

/**
 * The keys that sign credentials and policy bundles. All replicas share those
 * in the database; the newest signs, all of them verify.
 */
export class SigningKeys {
  readonly #knex: Knex;
  readonly #box: SecretBox;
  readonly #now: () => number;
  /** By kid: to open one takes a key derivation. */
  readonly #opened = new Map<string, KeyLike>();

  /** Makes the first key, unless a replica has done so before. */
  static async create(options: {
    knex: Knex;
    box: SecretBox;
    /** Milliseconds since 1970. */
    now: () => number;
  }): Promise<SigningKeys> {
    const keys = new SigningKeys(options);
    if ((await keys.#rows()).length === 0) {
      await keys.#generate(1);
    }
    // Fails now, with a reason, rather than at the first kubeconfig.
    await keys.getSigningKey();
    return keys;
  }

  private constructor(options: {
    knex: Knex;
    box: SecretBox;
    now: () => number;
  }) {
    this.#knex = options.knex;
    this.#box = options.box;
    this.#now = options.now;
  }

  /**
   * @throws Error when the key was encrypted with another secret
   */
  async getSigningKey(): Promise<{ kid: string; key: KeyLike }> {
    const [row] = await this.#rows();
    const opened = this.#opened.get(row.kid);
    if (opened) {
      return { kid: row.kid, key: opened };
    }
    const key = await importPKCS8(this.#openBox(row), SIGNATURE_ALGORITHM);
    this.#opened.set(row.kid, key);
    return { kid: row.kid, key };
  }

  /** The newest first. */
  async listPublicKeys(): Promise<PublicKey[]> {
    const rows = await this.#rows();
    return rows.map(row => JSON.parse(row.public_key) as PublicKey);
  }

  #openBox(row: SigningKeyRow): string {
    try {
      return this.#box.open(row.encrypted_private_key, row.kid);
    } catch (error) {
      throw new ForwardedError(
        `The signing key ${row.kid} cannot be decrypted; it was encrypted with another kubernetesAudit.keys.encryptionSecret`,
        error,
      );
    }
  }

  /** Of replicas that make the same generation at once, the first one's key stays. */
  async #generate(generation: number): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair(
      SIGNATURE_ALGORITHM,
      { extractable: true },
    );
    const jwk: JWK = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(jwk);
    await this.#knex<SigningKeyRow>('signing_keys')
      .insert({
        generation,
        kid,
        public_key: JSON.stringify({
          ...jwk,
          kid,
          alg: SIGNATURE_ALGORITHM,
          use: 'sig',
        }),
        encrypted_private_key: this.#box.seal(
          await exportPKCS8(privateKey),
          kid,
        ),
        created_at: this.#now(),
      })
      .onConflict('generation')
      .ignore();
  }

  async #rows(): Promise<SigningKeyRow[]> {
    return this.#knex<SigningKeyRow>('signing_keys').orderBy(
      'generation',
      'desc',
    );
  }
}
