import { CompactSign } from 'jose';
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type {
  PolicyAnswer,
  PolicyBundle,
} from 'backstage-plugin-kubernetes-audit-common';
import type { KubernetesAuditConfig } from '../config';
import type { TunnelStore } from '../tunnels';
import type { CredentialStore } from './CredentialStore';
import { SIGNATURE_ALGORITHM, SigningKeys } from './SigningKeys';
import type { UserRevocationStore } from './UserRevocationStore';

/** Keeps the signature apart from that of a credential. */
const BUNDLE_TYPE = 'kubernetes-audit-bundle+jwt';
/**
 * A bundle is signed anew after so long, in milliseconds, although it says the
 * same: proxies measure the age of the one that they have.
 */
const REISSUE_MS = 60 * 60_000;
/** For so long, in milliseconds, all who ask get the same answer without a look into the database. */
const CACHE_MS = 500;

type PolicyVersionRow = {
  id: number;
  version: number | string;
  content_hash: string;
};

/** A bundle as it is sent. */
export type SignedBundle = {
  /** A strong entity tag, with its quotes. */
  etag: string;
  /** Of the content: milliseconds since 1970 of its last change. */
  version: number;
  answer: PolicyAnswer;
};

type PolicyBundlesOptions = {
  knex: Knex;
  keys: SigningKeys;
  credentials: CredentialStore;
  revocations: UserRevocationStore;
  tunnels: Pick<TunnelStore, 'list'>;
  config: KubernetesAuditConfig;
  issuer: string;
  /** Milliseconds since 1970. */
  now: () => number;
};

/**
 * Makes the policy bundle. Its version is kept in the database beside a hash of
 * its content, so replicas with the same configuration serve the same version,
 * and it grows when the content changes and only then. While a new
 * configuration is rolled out, replicas that disagree take turns: each serves
 * what it has, under a version of its own.
 */
export class PolicyBundles {
  readonly #options: PolicyBundlesOptions;
  #cached: { at: number; signed: Promise<SignedBundle> } | undefined;
  #signed: SignedBundle | undefined;

  static create(options: PolicyBundlesOptions): PolicyBundles {
    return new PolicyBundles(options);
  }

  private constructor(options: PolicyBundlesOptions) {
    this.#options = options;
  }

  /** The bundle that counts now. */
  async getCurrent(): Promise<SignedBundle> {
    const now = this.#options.now();
    if (!this.#cached || Math.abs(now - this.#cached.at) >= CACHE_MS) {
      this.#cached = { at: now, signed: this.#make(now) };
    }
    const { signed } = this.#cached;
    try {
      return await signed;
    } catch (error) {
      this.#cached = undefined;
      throw error;
    }
  }

  async #make(now: number): Promise<SignedBundle> {
    const { keys, credentials, revocations, tunnels, config, issuer } =
      this.#options;
    const at = new Date(now);
    const content = {
      issuer,
      roles: config.roles,
      clusters: config.clusters,
      tunnels: (await tunnels.list()).map(({ name, tags, clusters, key }) => ({
        name,
        tags,
        clusters,
        key,
      })),
      keys: await keys.listPublicKeys(),
      revocations: {
        credentials: await credentials.listRevoked(at),
        users: await revocations.listForBundle(at),
      },
    };
    const version = await this.#versionOf(JSON.stringify(content), now);
    const { kid, key } = await keys.getSigningKey();
    const etag = `"${version}-${Math.floor(now / REISSUE_MS)}-${kid}"`;
    if (this.#signed?.etag !== etag) {
      const bundle: PolicyBundle = {
        version,
        issuedAt: at.toISOString(),
        ...content,
      };
      const jws = await new CompactSign(Buffer.from(JSON.stringify(bundle)))
        .setProtectedHeader({
          alg: SIGNATURE_ALGORITHM,
          kid,
          typ: BUNDLE_TYPE,
        })
        .sign(key);
      this.#signed = {
        etag,
        version,
        answer: { bundle: jws, keyChain: await keys.listEndorsements() },
      };
    }
    return this.#signed;
  }

  /** The content's version; a new one when the content differs from what the database knows. */
  async #versionOf(content: string, now: number): Promise<number> {
    const contentHash = createHash('sha256').update(content).digest('hex');
    return this.#options.knex.transaction(async transaction => {
      const table = () => transaction<PolicyVersionRow>('policy_versions');
      await table()
        .insert({ id: 1, version: now, content_hash: contentHash })
        .onConflict('id')
        .ignore();
      const [row] = await table().where('id', 1).forUpdate();
      if (row.content_hash === contentHash) {
        return Number(row.version);
      }
      // Grows even over a clock that was set back.
      const version = Math.max(now, Number(row.version) + 1);
      await table()
        .where('id', 1)
        .update({ version, content_hash: contentHash });
      return version;
    });
  }
}
