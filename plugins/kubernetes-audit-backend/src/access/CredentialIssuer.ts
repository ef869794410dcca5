import { SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import type {
  Credential,
  CredentialClaims,
} from 'backstage-plugin-kubernetes-audit-common';
import { SIGNATURE_ALGORITHM, SigningKeys } from './SigningKeys';
import type { UserRevocationStore } from './UserRevocationStore';

/** For whom a token is made. */
export type TokenIdentity = {
  entityRef: string;
  /** What the user is called in the clusters. */
  kubernetesUser: string;
  email?: string;
  displayName?: string;
  /** The user itself and its groups. */
  groups: string[];
  /** Only the portal's own Kubernetes plugin has a token that says so. */
  connectedFrom?: 'Portal';
};

/** A token as its holder gets it. */
export type IssuedToken = {
  token: string;
  /** ISO 8601. */
  expiresAt: string;
};

/** Makes credentials and signs their tokens; keeping them is left to the caller. */
export class CredentialIssuer {
  readonly #options: Parameters<typeof CredentialIssuer.create>[0];

  static create(options: {
    keys: SigningKeys;
    revocations: UserRevocationStore;
    /** The `iss` of the tokens. */
    issuer: string;
    /** The group of proxies that accepts them. */
    audience: string;
    /** Milliseconds since 1970. */
    now: () => number;
  }): CredentialIssuer {
    return new CredentialIssuer(options);
  }

  private constructor(options: Parameters<typeof CredentialIssuer.create>[0]) {
    this.#options = options;
  }

  /** A credential that begins now, to be kept before its token is given away. */
  async prepare(
    userEntityRef: string,
    lifetimeMs: number,
    rest: Pick<Credential, 'kind' | 'hostName' | 'clientIp'>,
  ): Promise<Credential> {
    const { now, revocations } = this.#options;
    // Whole seconds, as the claims have them. What is issued in the second of a
    // revocation must be told from what that took back: it is dated a second later.
    const second = Math.floor(now() / 1000);
    const issuedAt = Math.max(
      second,
      (await revocations.issuedBefore(userEntityRef)) ?? 0,
    );
    return {
      id: randomUUID(),
      userEntityRef: userEntityRef.toLowerCase(),
      issuedAt: new Date(issuedAt * 1000).toISOString(),
      expiresAt: new Date(second * 1000 + lifetimeMs).toISOString(),
      ...rest,
    };
  }

  /** @param span - in milliseconds since 1970; the token has whole seconds */
  async sign(
    credential: Credential,
    user: TokenIdentity,
    span: { issuedAt: number; expiresAt: number },
  ): Promise<IssuedToken> {
    const { keys, issuer, audience } = this.#options;
    const { kid, key } = await keys.getSigningKey();
    const exp = Math.floor(span.expiresAt / 1000);
    const claims: CredentialClaims = {
      iss: issuer,
      aud: audience,
      sub: user.entityRef,
      jti: credential.id,
      iat: Math.floor(span.issuedAt / 1000),
      exp,
      kubernetesUser: user.kubernetesUser,
      email: user.email,
      name: user.displayName,
      groups: user.groups,
      connectedFrom: user.connectedFrom,
    };
    const token = await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: SIGNATURE_ALGORITHM, kid, typ: 'JWT' })
      .sign(key);
    return { token, expiresAt: new Date(exp * 1000).toISOString() };
  }
}
