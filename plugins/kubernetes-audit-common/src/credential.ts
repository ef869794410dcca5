import { z } from 'zod';
import type { Page } from './pages';
import type { Role } from './policy';

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
  /** Of a login: until when it is renewed. */
  expiresAt: string;
  revokedAt?: string;
  /** Whether it stands in a kubeconfig, a command line that was signed in renews it, or the portal's own Kubernetes plugin has it. */
  kind: 'kubeconfig' | 'login' | 'portal';
  /** When a proxy last told of a call with it. */
  lastUsedAt?: string;
  /** Of a login: what the command line called its machine. */
  hostName?: string;
  /** Of a login: from where it was asked for. */
  clientIp?: string;
};

/** Which credentials a list has: those that can be used, or those that have expired or were revoked. @public */
export const CREDENTIAL_LIST_STATES = ['valid', 'ended'] as const;

/** Which credentials a list has. @public */
export type CredentialListState = (typeof CREDENTIAL_LIST_STATES)[number];

/** `GET /v1/access/credentials`: the newest first, without a total. @public */
export type CredentialPage = Page<Credential>;

/** The versions of kubectl's exec credential plugins that a kubeconfig can be written for; `v1` needs kubectl 1.22. @public */
export const EXEC_API_VERSIONS = ['v1', 'v1beta1'] as const;

/** The body of `POST /v1/access/kubeconfig`; none means all clusters and a token. @public */
export const kubeconfigRequestSchema = z.strictObject({
  /** Names of the clusters; all that the caller may reach unless given. */
  clusters: z.array(z.string().min(1).max(253)).min(1).max(10_000).optional(),
  /** A token inside of the file, or a command that signs in and renews. */
  credential: z.enum(['token', 'login']).default('token'),
  execApiVersion: z.enum(EXEC_API_VERSIONS).default('v1'),
});

/** The body of `POST /v1/access/kubeconfig`. @public */
export type KubeconfigRequest = z.infer<typeof kubeconfigRequestSchema>;

/** `POST /v1/access/kubeconfig` @public */
export type KubeconfigResponse = {
  /** The kubeconfig as YAML, one context per cluster. */
  kubeconfig: string;
  /** What is in it; absent where a login gets one later. */
  credential?: Credential;
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

/** A role without whom it is for. @public */
export type AccessRole = Omit<Role, 'subjects' | 'clusters'>;

/** `GET /v1/access`: the clusters that the caller may reach. @public */
export type AccessResponse = {
  clusters: { name: string; server: string; roles: string[] }[];
  /** The roles that the clusters name, in the order in which they count. */
  roles: AccessRole[];
  /** The caller. */
  userEntityRef: string;
  /** Whether the caller sees and revokes the credentials of others. */
  mayManage: boolean;
  /** How long a token of a kubeconfig is valid, in milliseconds. */
  credentialLifetimeMs: number;
  /** How long a login is renewed, in milliseconds. */
  loginLifetimeMs: number;
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
