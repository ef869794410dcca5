import { hash } from 'node:crypto';
import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import {
  CredentialClaims,
  credentialClaimsSchema,
  PolicyBundle,
} from 'backstage-plugin-kubernetes-audit-common';

/** Verified credentials that are remembered at the most. */
const MAX_REMEMBERED = 10_000;
/** How far the clocks of portal and proxy may differ, in seconds. */
const CLOCK_TOLERANCE_SECONDS = 60;
const BEARER = /^Bearer +(\S+)$/i;
const SIGNATURE_ALGORITHMS = ['ES256', 'EdDSA'];

/** Who asks. */
export type Authenticated = {
  claims: CredentialClaims;
  /** The user's entity ref and those of its groups; the same array for the same credential. */
  subjects: readonly string[];
};

/** The result of looking at a request's credential. */
export type Authentication =
  | ({ ok: true } & Authenticated)
  | {
      ok: false;
      /** What to tell the user: never a part of the credential. */
      reason: string;
      /** Whom it was issued to, where the portal's signature is good. */
      claims?: CredentialClaims;
    };

const NONE_REVOKED: PolicyBundle['revocations'] = {
  credentials: [],
  users: [],
};

type Policy = Pick<PolicyBundle, 'issuer' | 'keys' | 'revocations'>;

function expired(claims: CredentialClaims | undefined): Authentication {
  return {
    ok: false,
    reason: 'the credential has expired; get a new one from the portal',
    claims,
  };
}

/**
 * Verifies the credentials that the portal issued to users. A verified one is
 * remembered by its digest until it expires or the policy changes.
 */
export class CredentialVerifier {
  readonly #audience: string;
  readonly #now: () => number;
  readonly #remembered = new Map<string, Authenticated>();
  /** Of what came last over each connection: a client sends the same with each request. */
  readonly #digests = new WeakMap<
    object,
    { authorization: string; digest: string }
  >();
  #policy: Policy | undefined;
  #keySet: ReturnType<typeof createLocalJWKSet> | undefined;

  static create(options: {
    /** The proxy group that a credential must be for. */
    audience: string;
    /** Milliseconds since 1970. */
    now?: () => number;
  }): CredentialVerifier {
    return new CredentialVerifier(options.audience, options.now ?? Date.now);
  }

  private constructor(audience: string, now: () => number) {
    this.#audience = audience;
    this.#now = now;
  }

  /** From now on this policy's issuer, keys and revocations count. */
  usePolicy(policy: Policy): void {
    this.#policy = policy;
    this.#keySet = createLocalJWKSet({ keys: policy.keys });
    this.#remembered.clear();
  }

  /**
   * @param authorization - the value of the `Authorization` header
   * @param connection - what the request came over
   */
  async authenticate(
    authorization: string | undefined,
    connection: object,
  ): Promise<Authentication> {
    if (!authorization) {
      return {
        ok: false,
        reason: 'no credential was sent; get a kubeconfig from the portal',
      };
    }
    const digest = this.#digestOf(authorization, connection);
    const remembered = this.#remembered.get(digest);
    if (remembered) {
      return (remembered.claims.exp + CLOCK_TOLERANCE_SECONDS) * 1000 >
        this.#now()
        ? { ok: true, ...remembered }
        : expired(remembered.claims);
    }
    const token = BEARER.exec(authorization)?.[1];
    if (!token) {
      return {
        ok: false,
        reason: 'only bearer credentials issued by the portal are accepted',
      };
    }
    const policy = this.#policy;
    if (!policy || !this.#keySet) {
      return { ok: false, reason: 'the proxy has no policy yet; try again' };
    }
    try {
      const { payload } = await jwtVerify(token, this.#keySet, {
        issuer: policy.issuer,
        audience: this.#audience,
        algorithms: SIGNATURE_ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['sub', 'jti', 'iat', 'exp'],
        currentDate: new Date(this.#now()),
      });
      if (policy !== this.#policy) {
        // What was good by the one before need not be remembered under this one.
        return await this.authenticate(authorization, connection);
      }
      const claims = credentialClaimsSchema.parse(payload);
      if (this.isRevoked(claims)) {
        return {
          ok: false,
          reason: 'the credential was revoked; get a new one from the portal',
          claims,
        };
      }
      const authenticated = {
        claims,
        subjects: [claims.sub, ...claims.groups],
      };
      this.#remember(digest, authenticated);
      return { ok: true, ...authenticated };
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        return expired(credentialClaimsSchema.safeParse(error.payload).data);
      }
      return {
        ok: false,
        reason:
          'the credential is not one that this portal issued for this proxy',
      };
    }
  }

  #digestOf(authorization: string, connection: object): string {
    const last = this.#digests.get(connection);
    if (last?.authorization === authorization) {
      return last.digest;
    }
    const digest = hash('sha256', authorization, 'base64');
    this.#digests.set(connection, { authorization, digest });
    return digest;
  }

  /** Whether the policy in force takes a credential back. */
  isRevoked(claims: CredentialClaims): boolean {
    const { credentials, users } = this.#policy?.revocations ?? NONE_REVOKED;
    // Entity refs mean the same in any case.
    const subject = claims.sub.toLowerCase();
    return (
      credentials.includes(claims.jti) ||
      users.some(
        user =>
          user.entityRef.toLowerCase() === subject &&
          claims.iat < user.issuedBefore,
      )
    );
  }

  #remember(digest: string, authenticated: Authenticated): void {
    if (this.#remembered.size >= MAX_REMEMBERED) {
      // A map keeps insertion order: the first is the oldest.
      const [oldest] = this.#remembered.keys();
      this.#remembered.delete(oldest);
    }
    this.#remembered.set(digest, authenticated);
  }
}
