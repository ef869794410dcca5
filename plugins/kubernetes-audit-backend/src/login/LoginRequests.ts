import type {
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import { NotFoundError, ServiceUnavailableError } from '@backstage/errors';
import { randomInt, randomUUID } from 'node:crypto';
import {
  accessUsePermission,
  DeviceLogin,
  DeviceLoginRequest,
  formatUserCode,
  makeUserCode,
  PendingLogin,
} from 'backstage-plugin-kubernetes-audit-common';
import type { KubernetesUserNames, UserDirectory } from '../access';
import type { Authorizer } from '../authorization';
import { TooManyRequestsError } from '../TooManyRequestsError';
import { AttemptLimit } from './AttemptLimit';
import type { KeptLoginRequest, LoginIdentity, LoginStore } from './LoginStore';
import { POLL_INTERVAL_SECONDS } from './pollInterval';
import {
  formatSecret,
  hashesEqual,
  hashSecret,
  makeSecret,
} from './secretHash';

type UserCredentials = BackstageCredentials<BackstageUserPrincipal>;

/** How long a code can be approved, in milliseconds. */
const REQUEST_LIFETIME_MS = 10 * 60_000;
/** Codes that may wait at a time, from one address and altogether. */
const MAX_WAITING = { perAddress: 20, total: 1000 };
/** Codes that a user may get wrong … */
const MAX_WRONG_CODES = 10;
/** … within so long, in milliseconds. */
const WRONG_CODES_WINDOW_MS = 10 * 60_000;

type LoginRequestsOptions = {
  store: LoginStore;
  users: UserDirectory;
  userNames: KubernetesUserNames;
  authorizer: Authorizer;
  /** Where users approve: the address of *Kubernetes Access*. */
  page: string;
  /** Milliseconds since 1970. */
  now: () => number;
};

/**
 * The command lines that ask to be signed in, and the users who approve them:
 * the first half of the device authorization grant of RFC 8628.
 */
export class LoginRequests {
  readonly #options: LoginRequestsOptions;
  readonly #wrongCodes: AttemptLimit;

  static create(options: LoginRequestsOptions): LoginRequests {
    return new LoginRequests(options);
  }

  private constructor(options: LoginRequestsOptions) {
    this.#options = options;
    this.#wrongCodes = AttemptLimit.create({
      limit: MAX_WRONG_CODES,
      windowMs: WRONG_CODES_WINDOW_MS,
      now: options.now,
    });
  }

  /**
   * Begins the login of a device that nobody vouches for yet.
   *
   * @throws TooManyRequestsError
   */
  async begin(
    { hostName }: DeviceLoginRequest,
    clientIp: string,
  ): Promise<DeviceLogin> {
    const { store, page, now } = this.#options;
    const createdAt = now();
    await store.prune(createdAt);
    const id = randomUUID();
    const secret = makeSecret();
    const code = makeUserCode(limit => randomInt(limit));
    const isAdded = await store.addRequest(
      {
        id,
        deviceHash: hashSecret(secret),
        userCodeHash: hashSecret(code),
        hostName,
        clientIp,
        createdAt,
        expiresAt: createdAt + REQUEST_LIFETIME_MS,
      },
      MAX_WAITING,
    );
    if (!isAdded) {
      throw new TooManyRequestsError(REQUEST_LIFETIME_MS / 1000);
    }
    const userCode = formatUserCode(code);
    return {
      deviceCode: formatSecret({ id, secret }),
      userCode,
      verificationUri: page,
      verificationUriComplete: `${page}?login=${userCode}`,
      expiresInSeconds: REQUEST_LIFETIME_MS / 1000,
      intervalSeconds: POLL_INTERVAL_SECONDS,
    };
  }

  /**
   * What the caller is asked to approve.
   *
   * @throws NotAllowedError, NotFoundError, TooManyRequestsError
   */
  async find(
    caller: UserCredentials,
    userCode: string,
    clientIp: string,
  ): Promise<PendingLogin> {
    const request = await this.#pending(caller, userCode);
    return {
      userCode: formatUserCode(userCode),
      hostName: request.hostName,
      clientIp: request.clientIp,
      isSameAddress: request.clientIp === clientIp,
      requestedAt: new Date(request.createdAt).toISOString(),
      expiresAt: new Date(request.expiresAt).toISOString(),
    };
  }

  /**
   * Lets the device sign in as the caller.
   *
   * @throws NotAllowedError, NotFoundError, TooManyRequestsError; ConflictError when another user has the caller's name in the clusters; ServiceUnavailableError
   */
  async approve(caller: UserCredentials, userCode: string): Promise<void> {
    const { store, users, userNames, now } = this.#options;
    const request = await this.#pending(caller, userCode);
    const user = await users.getUser(caller);
    const inCatalog = await users
      .readCatalogUser(user.entityRef)
      .catch(error => {
        // Renewals go by what it says now.
        throw new ServiceUnavailableError('The catalog does not answer', error);
      });
    const identity: LoginIdentity = {
      entityRef: user.entityRef,
      kubernetesUser: await userNames.claim(user.entityRef, user.email),
      email: user.email,
      displayName: user.displayName,
      groups: user.ownershipEntityRefs,
      signInGroups: user.ownershipEntityRefs,
      catalogGroups: inCatalog?.ownershipEntityRefs,
    };
    if (!(await store.approve(request.id, { identity, at: now() }))) {
      throw new NotFoundError('The code is over or was decided already');
    }
  }

  /**
   * @throws NotAllowedError, NotFoundError, TooManyRequestsError
   */
  async deny(caller: UserCredentials, userCode: string): Promise<void> {
    const request = await this.#pending(caller, userCode);
    if (!(await this.#options.store.deny(request.id))) {
      throw new NotFoundError('The code is over or was decided already');
    }
  }

  async #pending(
    caller: UserCredentials,
    userCode: string,
  ): Promise<KeptLoginRequest> {
    const { authorizer, store, now } = this.#options;
    await authorizer.require(caller, accessUsePermission);
    const user = caller.principal.userEntityRef.toLowerCase();
    this.#wrongCodes.check(user);
    const hash = hashSecret(userCode);
    const request = await store.findPending(hash, now());
    if (!request || !hashesEqual(hash, request.userCodeHash)) {
      this.#wrongCodes.note(user);
      throw new NotFoundError('No login waits with this code');
    }
    return request;
  }
}
