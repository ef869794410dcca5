import {
  calculateJwkThumbprint,
  compactVerify,
  decodeProtectedHeader,
  importJWK,
} from 'jose';
import {
  KEY_ENDORSEMENT_TYPE,
  PublicKey,
  publicKeySchema,
} from 'backstage-plugin-kubernetes-audit-common';

/** By what a bundle or an endorsement may be signed. */
export const SIGNATURE_ALGORITHMS = ['ES256', 'EdDSA'];

/**
 * The keys that trusted ones endorse, one by the other. What somebody else
 * signed is passed over: a chain begins before us.
 *
 * @param trusted - JWK thumbprints (RFC 7638, SHA-256)
 * @param chain - compact JWS of keys, the oldest first; see `policyAnswerSchema`
 * @throws Error when a signature in the name of a trusted key is not its own
 */
export async function followKeyChain(
  trusted: readonly string[],
  chain: readonly string[],
): Promise<PublicKey[]> {
  const thumbprints = new Set(trusted);
  const endorsed: PublicKey[] = [];
  for (const endorsement of chain) {
    const { typ, alg, jwk } = decodeProtectedHeader(endorsement);
    if (
      typ !== KEY_ENDORSEMENT_TYPE ||
      jwk === undefined ||
      !thumbprints.has(await calculateJwkThumbprint(jwk))
    ) {
      continue;
    }
    const { payload } = await compactVerify(
      endorsement,
      await importJWK(jwk, alg),
      { algorithms: SIGNATURE_ALGORITHMS },
    );
    const key = publicKeySchema.parse(
      JSON.parse(Buffer.from(payload).toString('utf8')),
    );
    thumbprints.add(await calculateJwkThumbprint(key));
    endorsed.push(key);
  }
  return endorsed;
}
