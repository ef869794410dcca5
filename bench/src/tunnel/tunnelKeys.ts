import { generateKeyPairSync } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import type { TunnelAgent } from 'backstage-plugin-kubernetes-audit-common';

/** What the policy says of an agent, and its key. */
export type TunnelKeys = { agent: TunnelAgent; privateKey: string };

/** An agent that has joined. */
export async function makeTunnelKeys(
  name: string,
  tags: Record<string, string>,
): Promise<TunnelKeys> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { kty = '', crv, x } = publicKey.export({ format: 'jwk' });
  const jwk = { kty, crv, x };
  const kid = await calculateJwkThumbprint(jwk);
  return {
    agent: { name, tags, clusters: ['*'], key: { ...jwk, kid, alg: 'EdDSA' } },
    privateKey: `${privateKey.export({ type: 'pkcs8', format: 'pem' })}`,
  };
}
