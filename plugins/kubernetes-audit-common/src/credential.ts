import { z } from 'zod';

/** The proxy group (audience) of a credential unless configuration names another. @public */
export const DEFAULT_PROXY_GROUP = 'default';

/**
 * The claims of a credential that the portal issues to a user, a JWT signed
 * with ES256. `aud` is the group of proxies that it is for.
 *
 * @public
 */
export const credentialClaimsSchema = z.object({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  /** The user's entity ref. */
  sub: z.string().min(1),
  /** The credential's id, by which it is revoked. */
  jti: z.string().min(1),
  /** Seconds since 1970. */
  iat: z.number(),
  exp: z.number(),
  /** The name that the proxy impersonates. */
  kubernetesUser: z.string().min(1),
  email: z.string().optional(),
  /** Display name. */
  name: z.string().optional(),
  /** Ownership entity refs: the user itself and its groups. */
  groups: z.array(z.string()),
  /** What its calls come from: the portal's own Kubernetes plugin, or whatever the user has it in. */
  connectedFrom: z.enum(['Proxy', 'Portal']).optional(),
});

/** The claims of a credential. @public */
export type CredentialClaims = z.infer<typeof credentialClaimsSchema>;

/** A credential as the access routes list it. @public */
export type Credential = {
  id: string;
  userEntityRef: string;
  issuedAt: string;
  expiresAt: string;
  revokedAt?: string;
};

/** `POST /v1/access/kubeconfig` @public */
export type KubeconfigResponse = {
  /** The kubeconfig as YAML, one context per cluster. */
  kubeconfig: string;
  credential: Credential;
};

/**
 * The authentication provider of clusters behind the proxy, as Backstage's
 * Kubernetes plugin names them: in lower case and without a hyphen, for it is
 * part of a header's name.
 *
 * @public
 */
export const KUBERNETES_PLUGIN_AUTH_PROVIDER = 'kubernetesaudit';

/**
 * `POST /v1/access/portal-credential`: what the portal's own Kubernetes plugin
 * calls a user's clusters with.
 *
 * @public
 */
export const portalAccessSchema = z.object({
  clusters: z.array(
    z.object({
      name: z.string(),
      server: z.string(),
      /** PEM; absent where the proxy's certificate is of a public authority. */
      certificateAuthority: z.string().optional(),
    }),
  ),
  token: z.string(),
});

/** What the portal's own Kubernetes plugin calls a user's clusters with. @public */
export type PortalAccessResponse = z.infer<typeof portalAccessSchema>;

/** `GET /v1/access`: the clusters that the caller may reach. @public */
export type AccessResponse = {
  clusters: { name: string; server: string; roles: string[] }[];
};

/**
 * All credentials of a user that were issued until a time, revoked:
 * `GET` and `POST /v1/access/revocations`.
 *
 * @public
 */
export type UserRevocation = {
  userEntityRef: string;
  revokedAt: string;
  /** When the last of the credentials has expired, and the revocation is forgotten. */
  expiresAt: string;
};

/** `POST /v1/access/keys/rotate`: the key that is published and will sign. @public */
export type KeyRotationResponse = {
  kid: string;
  publishedAt: string;
};
