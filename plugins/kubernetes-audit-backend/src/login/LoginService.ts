import type {
  AuditorService,
  AuditorServiceCreateEventOptions,
} from '@backstage/backend-plugin-api';
import { ConflictError, ServiceUnavailableError } from '@backstage/errors';
import { randomUUID } from 'node:crypto';
import type {
  Credential,
  LoginAnswer,
} from 'backstage-plugin-kubernetes-audit-common';
import type {
  CredentialIssuer,
  CredentialStore,
  UserDirectory,
  UserRevocationStore,
} from '../access';
import type { KeptLoginRequest, Login, LoginStore } from './LoginStore';
import { POLL_INTERVAL_SECONDS } from './pollInterval';
import { renewedGroups } from './renewedGroups';
import {
  formatSecret,
  hashesEqual,
  hashSecret,
  makeSecret,
  parseSecret,
} from './secretHash';

/** What a device that polls more often has to wait, in seconds. */
const SLOW_POLL_INTERVAL_SECONDS = 5;
/** A poll may come so much earlier, in milliseconds: clocks and networks are not exact. */
const POLL_TOLERANCE_MS = 500;
/** How long the secret before still renews, in milliseconds: the answer may have got lost. */
const LOST_ANSWER_MS = 60_000;

const EXPIRED: LoginAnswer = { state: 'expired' };

type LoginServiceOptions = {
  store: LoginStore;
  users: UserDirectory;
  credentials: CredentialStore;
  revocations: UserRevocationStore;
  issuer: CredentialIssuer;
  auditor: AuditorService;
  /** How long a login is renewed, in milliseconds. */
  lifetimeMs: number;
  /** How long each of its tokens is valid, in milliseconds. */
  tokenLifetimeMs: number;
  /** For how long groups count that the catalog could not confirm, in milliseconds. */
  unconfirmedGroupsMs: number;
  /** Milliseconds since 1970. */
  now: () => number;
};

/**
 * The tokens of command lines that were approved: the first one, and those
 * after it, by a secret that changes at each use.
 */
export class LoginService {
  readonly #options: LoginServiceOptions;

  static create(options: LoginServiceOptions): LoginService {
    return new LoginService(options);
  }

  private constructor(options: LoginServiceOptions) {
    this.#options = options;
  }

  /** What has become of a device's login; its first token, once. */
  async poll(deviceCode: string): Promise<LoginAnswer> {
    const { store, now } = this.#options;
    const presented = parseSecret(deviceCode);
    const request = presented && (await store.getRequest(presented.id, now()));
    if (
      !request ||
      !hashesEqual(hashSecret(presented.secret), request.deviceHash)
    ) {
      return EXPIRED;
    }
    const earliest = now() - POLL_INTERVAL_SECONDS * 1000 + POLL_TOLERANCE_MS;
    if (!(await store.notePoll(request.id, now(), earliest))) {
      return { state: 'pending', intervalSeconds: SLOW_POLL_INTERVAL_SECONDS };
    }
    switch (request.state) {
      case 'pending':
        return { state: 'pending', intervalSeconds: POLL_INTERVAL_SECONDS };
      case 'denied':
        return { state: 'denied' };
      default:
        return this.#issue(request);
    }
  }

  /**
   * The next token of a login, and the secret for the one after it.
   *
   * @throws ConflictError when another renewal is quicker; ServiceUnavailableError when the groups cannot be read for too long
   */
  async renew(renewalSecret: string): Promise<LoginAnswer> {
    const { store, credentials, issuer, now, tokenLifetimeMs } = this.#options;
    const found = await this.#login(renewalSecret);
    if (!found) {
      return EXPIRED;
    }
    const { login, credential, hash } = found;
    const at = now();
    const isCurrent = hashesEqual(hash, login.secretHash);
    const isLost =
      login.previousHash !== undefined &&
      hashesEqual(hash, login.previousHash) &&
      at - login.rotatedAt < LOST_ANSWER_MS;
    if (!isCurrent && !isLost) {
      // Somebody else has renewed by it: either of them is a thief.
      await credentials.revoke(credential.id, new Date(at));
      await store.removeLogin(login.id);
      await this.#record('login-reuse', 'high', credential);
      return EXPIRED;
    }
    const identity = await this.#readAnew(login);
    if (!identity) {
      await credentials.revoke(credential.id, new Date(at));
      await store.removeLogin(login.id);
      await this.#record('login-user-gone', 'medium', credential);
      return EXPIRED;
    }
    const secret = makeSecret();
    const isRenewed = await store.renew(
      {
        ...login,
        ...identity,
        secretHash: hashSecret(secret),
        previousHash: hash,
        rotatedAt: isCurrent ? at : login.rotatedAt,
      },
      login.secretHash,
    );
    if (!isRenewed) {
      throw new ConflictError('The login is being renewed already');
    }
    const granted = await issuer.sign(credential, identity.identity, {
      issuedAt: at,
      expiresAt: Math.min(at + tokenLifetimeMs, login.expiresAt),
    });
    await this.#record('login-renew', 'low', credential);
    return {
      state: 'granted',
      ...granted,
      renewalSecret: formatSecret({ id: login.id, secret }),
      loginExpiresAt: credential.expiresAt,
    };
  }

  /** Ends a login, as its user asks on the device. */
  async end(renewalSecret: string): Promise<void> {
    const { store, credentials, now } = this.#options;
    const found = await this.#login(renewalSecret);
    if (found && hashesEqual(found.hash, found.login.secretHash)) {
      await credentials.revoke(found.credential.id, new Date(now()));
      await store.removeLogin(found.login.id);
      await this.#record('login-end', 'low', found.credential);
    }
  }

  async #issue(
    request: Extract<KeptLoginRequest, { state: 'approved' }>,
  ): Promise<LoginAnswer> {
    const { store, credentials, revocations, issuer, now } = this.#options;
    if (!(await store.takeApproved(request.id))) {
      return EXPIRED;
    }
    const { identity, approvedAt, hostName, clientIp } = request;
    const { lifetimeMs, tokenLifetimeMs } = this.#options;
    const credential = await issuer.prepare(identity.entityRef, lifetimeMs, {
      kind: 'login',
      hostName,
      clientIp,
    });
    const secret = makeSecret();
    const login: Login = {
      id: randomUUID(),
      credentialId: credential.id,
      identity,
      secretHash: hashSecret(secret),
      rotatedAt: now(),
      groupsReadAt: approvedAt,
      expiresAt: Date.parse(credential.expiresAt),
    };
    // Kept before it is given away: what is not in the list could not be revoked.
    await credentials.add(credential);
    await store.addLogin(login);
    // Looked at last: what takes access back from now on finds the credential.
    const revokedBefore = await revocations.issuedBefore(identity.entityRef);
    if (Math.floor(approvedAt / 1000) < (revokedBefore ?? 0)) {
      await credentials.revoke(credential.id, new Date(now()));
      await store.removeLogin(login.id);
      return { state: 'denied' };
    }
    const issuedAt = Date.parse(credential.issuedAt);
    const granted = await issuer.sign(credential, identity, {
      issuedAt,
      expiresAt: Math.min(issuedAt + tokenLifetimeMs, login.expiresAt),
    });
    await this.#record('login-issue', 'medium', credential);
    return {
      state: 'granted',
      ...granted,
      renewalSecret: formatSecret({ id: login.id, secret }),
      loginExpiresAt: credential.expiresAt,
    };
  }

  /** A login that is not over, by a secret that it had at some time, or is said to have had. */
  async #login(renewalSecret: string): Promise<
    | {
        login: Login;
        credential: Credential;
        hash: string;
      }
    | undefined
  > {
    const { store, credentials, now } = this.#options;
    const presented = parseSecret(renewalSecret);
    const login = presented && (await store.getLogin(presented.id));
    if (!login) {
      return undefined;
    }
    const credential = await credentials.get(login.credentialId);
    if (!credential || credential.revokedAt || login.expiresAt <= now()) {
      await store.removeLogin(login.id);
      return undefined;
    }
    return { login, credential, hash: hashSecret(presented.secret) };
  }

  /** Undefined when there is no such user any more. */
  async #readAnew(
    login: Login,
  ): Promise<Pick<Login, 'identity' | 'groupsReadAt'> | undefined> {
    const { users, unconfirmedGroupsMs, now } = this.#options;
    const { identity, groupsReadAt } = login;
    if (!identity.catalogGroups) {
      // The catalog did not know the user then either: the login's end is the bound.
      return { identity, groupsReadAt };
    }
    try {
      const user = await users.readCatalogUser(identity.entityRef);
      return (
        user && {
          identity: {
            ...identity,
            email: user.email,
            displayName: user.displayName,
            groups: renewedGroups({
              signIn: identity.signInGroups,
              catalogThen: identity.catalogGroups,
              catalogNow: user.ownershipEntityRefs,
            }),
          },
          groupsReadAt: now(),
        }
      );
    } catch (error) {
      if (now() - groupsReadAt > unconfirmedGroupsMs) {
        throw new ServiceUnavailableError(
          'The catalog does not tell the groups of the user',
          error,
        );
      }
      return { identity, groupsReadAt };
    }
  }

  /** No user asks for these: they are noted by what they concern. */
  async #record(
    eventId: string,
    severityLevel: AuditorServiceCreateEventOptions['severityLevel'],
    { id, userEntityRef, hostName, clientIp }: Credential,
  ): Promise<void> {
    const event = await this.#options.auditor.createEvent({
      eventId,
      severityLevel,
      meta: { credentialId: id, userEntityRef, hostName, clientIp },
    });
    await event.success();
  }
}
