import { ForwardedError } from '@backstage/errors';
import {
  calculateJwkThumbprint,
  CompactSign,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importPKCS8,
  JWK,
  KeyLike,
} from 'jose';
import type { Knex } from 'knex';
import {
  KEY_ENDORSEMENT_TYPE,
  PublicKey,
} from 'backstage-plugin-kubernetes-audit-common';
import type { SecretBox } from './SecretBox';

/** The algorithm of all signatures. */
export const SIGNATURE_ALGORITHM = 'ES256';

/** Where a key is in its life. Times are milliseconds since 1970. */
export type SigningKeyState = {
  generation: number;
  kid: string;
  /** Since then it is in the key set and in the policy bundle. */
  publishedAt: number;
  /** Undefined while it is only published. */
  signsSince: number | undefined;
  /** Undefined while it verifies. */
  retiredAt: number | undefined;
};

type SigningKeyRow = {
  generation: number;
  kid: string;
  /** JSON of a {@link PublicKey}. */
  public_key: string;
  /** PKCS #8, sealed with the kid as label; empty once another key signs. */
  encrypted_private_key: string;
  created_at: number | string;
  signs_since: number | string | null;
  retired_at: number | string | null;
  /** A compact JWS by the key before; none has the first one. */
  endorsement: string | null;
};

/**
 * The keys that sign credentials and policy bundles. All replicas share those
 * in the database. The newest that has begun to sign signs, and all that are
 * not retired verify. When a key goes on in its life is {@link KeyRotation}'s
 * matter.
 */
export class SigningKeys {
  readonly #knex: Knex;
  readonly #box: SecretBox;
  readonly #now: () => number;
  /** The one that signed last: to open it takes a key derivation. */
  #opened: { kid: string; key: KeyLike } | undefined;

  /** Makes the first key, unless a replica has done so before. */
  static async create(options: {
    knex: Knex;
    box: SecretBox;
    /** Milliseconds since 1970. */
    now: () => number;
  }): Promise<SigningKeys> {
    const keys = new SigningKeys(options);
    if ((await keys.#rows()).length === 0) {
      await keys.#generate(1, undefined);
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
    return this.#open(signing(await this.#rows()));
  }

  /** The newest first; one that does not sign yet is among them. */
  async listPublicKeys(): Promise<PublicKey[]> {
    const rows = await this.#rows();
    return rows.filter(row => row.retired_at === null).map(publicKeyOf);
  }

  /**
   * One compact JWS for each key but the first, the oldest first: the key's
   * JWK, signed by the key before.
   */
  async listEndorsements(): Promise<string[]> {
    const rows = await this.#rows();
    return rows.flatMap(row => row.endorsement ?? []).reverse();
  }

  /** The newest first. */
  async list(): Promise<SigningKeyState[]> {
    return (await this.#rows()).map(toState);
  }

  /** Publishes the next key, unless one waits to sign already; answers which one that is. */
  async publishNext(): Promise<SigningKeyState> {
    const before = await this.#rows();
    if (before[0].signs_since === null) {
      return toState(before[0]);
    }
    await this.#generate(before[0].generation + 1, before[0]);
    const [newest] = await this.#rows();
    return toState(newest);
  }

  /** From now on this key signs; the private halves of those before are deleted. */
  async beginSigning({ generation }: SigningKeyState): Promise<void> {
    await this.#knex.transaction(async transaction => {
      const table = () => transaction<SigningKeyRow>('signing_keys');
      await table()
        .where({ generation, signs_since: null })
        .update({ signs_since: this.#now() });
      await table()
        .where('generation', '<', generation)
        .update({ encrypted_private_key: '' });
    });
  }

  /** From now on nothing that this key signed is accepted. */
  async retire({ generation }: SigningKeyState): Promise<void> {
    await this.#knex<SigningKeyRow>('signing_keys')
      .where({ generation, retired_at: null })
      .update({ retired_at: this.#now() });
  }

  async #open(row: SigningKeyRow): Promise<{ kid: string; key: KeyLike }> {
    if (this.#opened?.kid !== row.kid) {
      this.#opened = {
        kid: row.kid,
        key: await importPKCS8(this.#openBox(row), SIGNATURE_ALGORITHM),
      };
    }
    return this.#opened;
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
  async #generate(
    generation: number,
    before: SigningKeyRow | undefined,
  ): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair(
      SIGNATURE_ALGORITHM,
      { extractable: true },
    );
    const jwk: JWK = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(jwk);
    const publicKeyText = JSON.stringify({
      ...jwk,
      kid,
      alg: SIGNATURE_ALGORITHM,
      use: 'sig',
    });
    const now = this.#now();
    await this.#knex<SigningKeyRow>('signing_keys')
      .insert({
        generation,
        kid,
        public_key: publicKeyText,
        encrypted_private_key: this.#box.seal(
          await exportPKCS8(privateKey),
          kid,
        ),
        created_at: now,
        signs_since: before ? null : now,
        endorsement: before ? await this.#endorse(publicKeyText, before) : null,
      })
      .onConflict('generation')
      .ignore();
  }

  async #endorse(publicKey: string, by: SigningKeyRow): Promise<string> {
    const { kid, key } = await this.#open(by);
    return new CompactSign(Buffer.from(publicKey))
      .setProtectedHeader({
        alg: SIGNATURE_ALGORITHM,
        kid,
        typ: KEY_ENDORSEMENT_TYPE,
        jwk: publicKeyOf(by),
      })
      .sign(key);
  }

  /** The newest first. */
  async #rows(): Promise<SigningKeyRow[]> {
    return this.#knex<SigningKeyRow>('signing_keys').orderBy(
      'generation',
      'desc',
    );
  }
}

function signing(rows: SigningKeyRow[]): SigningKeyRow {
  const row = rows.find(({ signs_since }) => signs_since !== null);
  if (!row) {
    throw new Error('No signing key is in use: the database was changed');
  }
  return row;
}

function publicKeyOf(row: SigningKeyRow): PublicKey {
  return JSON.parse(row.public_key) as PublicKey;
}

function toState(row: SigningKeyRow): SigningKeyState {
  const time = (value: number | string | null) =>
    value === null ? undefined : Number(value);
  return {
    generation: row.generation,
    kid: row.kid,
    publishedAt: Number(row.created_at),
    signsSince: time(row.signs_since),
    retiredAt: time(row.retired_at),
  };
}
