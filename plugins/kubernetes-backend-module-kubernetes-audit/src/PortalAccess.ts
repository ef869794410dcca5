import type {
  AuthService,
  BackstageCredentials,
  BackstageUserPrincipal,
  DiscoveryService,
} from '@backstage/backend-plugin-api';
import { ResponseError } from '@backstage/errors';
import {
  PLUGIN_ID,
  PortalAccessResponse,
  portalAccessSchema,
} from 'backstage-plugin-kubernetes-audit-common';

/**
 * How long a user's clusters and token are used, in milliseconds: less than
 * the token lasts, and no longer than a change of roles may take to be seen.
 */
const USED_FOR_MS = 5 * 60_000;

type UserCredentials = BackstageCredentials<BackstageUserPrincipal>;
type Kept = { access: Promise<PortalAccessResponse>; until: number };

/** What each user may call, and with which token, as the audit's backend says. */
export class PortalAccess {
  readonly #auth: AuthService;
  readonly #discovery: DiscoveryService;
  readonly #now: () => number;
  /** By the user's entity ref. */
  readonly #kept = new Map<string, Kept>();

  static create(options: {
    auth: AuthService;
    discovery: DiscoveryService;
    /** Milliseconds since 1970. */
    now: () => number;
  }): PortalAccess {
    return new PortalAccess(options);
  }

  private constructor(options: {
    auth: AuthService;
    discovery: DiscoveryService;
    now: () => number;
  }) {
    this.#auth = options.auth;
    this.#discovery = options.discovery;
    this.#now = options.now;
  }

  /** @throws ResponseError when the user may not use the clusters */
  async of(user: UserCredentials): Promise<PortalAccessResponse> {
    const now = this.#now();
    for (const [ref, { until }] of this.#kept) {
      if (until <= now) {
        this.#kept.delete(ref);
      }
    }
    const ref = user.principal.userEntityRef;
    const kept = this.#kept.get(ref);
    if (kept) {
      return kept.access;
    }
    const asked: Kept = {
      access: this.#ask(user),
      until: now + USED_FOR_MS,
    };
    this.#kept.set(ref, asked);
    try {
      return await asked.access;
    } catch (error) {
      if (this.#kept.get(ref) === asked) {
        this.#kept.delete(ref);
      }
      throw error;
    }
  }

  async #ask(user: UserCredentials): Promise<PortalAccessResponse> {
    const { token } = await this.#auth.getPluginRequestToken({
      onBehalfOf: user,
      targetPluginId: PLUGIN_ID,
    });
    const url = await this.#discovery.getBaseUrl(PLUGIN_ID);
    const response = await fetch(`${url}/v1/access/portal-credential`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}` },
    });
    if (!response.ok) {
      throw await ResponseError.fromResponse(response);
    }
    return portalAccessSchema.parse(await response.json());
  }
}
