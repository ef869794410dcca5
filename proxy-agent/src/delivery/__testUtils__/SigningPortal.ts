import {
  calculateJwkThumbprint,
  CompactSign,
  exportJWK,
  generateKeyPair,
  KeyLike,
} from 'jose';
import {
  KEY_ENDORSEMENT_TYPE,
  PolicyBundle,
  PublicKey,
} from 'backstage-plugin-kubernetes-audit-common';
import type { PortalAnswer } from '../PortalClient';

/** A key with both halves. */
export type KeyPair = { jwk: PublicKey; privateKey: KeyLike };

/** A new key, named by its thumbprint as the portal names its keys. */
export async function makeKey(alg: string = 'ES256'): Promise<KeyPair> {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { jwk: { ...jwk, kty: jwk.kty ?? '', kid, alg }, privateKey };
}

/** A link of the chain: the key, signed by `by` in the name of `as`. */
export function endorse(
  key: KeyPair,
  by: KeyPair,
  { as = by, typ = KEY_ENDORSEMENT_TYPE } = {},
): Promise<string> {
  const { jwk } = as;
  return new CompactSign(Buffer.from(JSON.stringify(key.jwk)))
    .setProtectedHeader({ alg: jwk.alg, kid: jwk.kid, typ, jwk })
    .sign(by.privateKey);
}

/** What {@link PolicySubscription} asks of the portal, in memory: a policy, its keys and what they endorse. */
export class SigningPortal {
  #version = 1;
  #keys: KeyPair[] = [];
  #signer: KeyPair;
  #keyChain: string[] | undefined;

  constructor(signer: KeyPair) {
    this.#signer = signer;
    this.#keys = [signer];
  }

  get version(): number {
    return this.#version;
  }

  /** Changes the policy: which keys it names, which of them signs it. */
  publish(keys: KeyPair[], signer: KeyPair, keyChain?: string[]): void {
    this.#version++;
    this.#keys = keys;
    this.#signer = signer;
    this.#keyChain = keyChain;
  }

  readonly call = async (_: string, path: string): Promise<PortalAnswer> => {
    const keys = this.#keys.map(({ jwk }) => jwk);
    if (path === '/.well-known/jwks.json') {
      return this.#answer({ keys });
    }
    const bundle: PolicyBundle = {
      version: this.#version,
      issuedAt: '2026-11-22T02:00:00.000Z',
      issuer: 'portal',
      roles: [],
      keys,
      revocations: { credentials: [], users: [] },
    };
    const jws = await new CompactSign(Buffer.from(JSON.stringify(bundle)))
      .setProtectedHeader({
        alg: this.#signer.jwk.alg,
        kid: this.#signer.jwk.kid,
      })
      .sign(this.#signer.privateKey);
    return this.#answer({ bundle: jws, keyChain: this.#keyChain });
  };

  #answer(body: unknown): PortalAnswer {
    return {
      statusCode: 200,
      etag: `"${this.#version}"`,
      body: Buffer.from(JSON.stringify(body)),
    };
  }
}
