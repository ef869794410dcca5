import type { Credential } from 'backstage-plugin-kubernetes-audit-common';

/** Whether a credential is of use. */
export type CredentialState = 'valid' | 'expired' | 'revoked';

/** @param now - milliseconds since 1970 */
export function credentialState(
  { expiresAt, revokedAt }: Credential,
  now: number,
): CredentialState {
  if (revokedAt) {
    return 'revoked';
  }
  return Date.parse(expiresAt) > now ? 'valid' : 'expired';
}
