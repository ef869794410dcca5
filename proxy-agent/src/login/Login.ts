import type {
  DeviceLogin,
  LoginAnswer,
} from 'backstage-plugin-kubernetes-audit-common';
import type { CachedLogin, LoginCache } from './LoginCache';
import { withLoginLock } from './LoginLock';
import type { PortalLogin } from './PortalLogin';

/** A token is renewed so long before it ends, in milliseconds … */
const RENEW_BEFORE_MS = 5 * 60_000;
/** … or, if it lives shorter, this share of its life before. */
const RENEW_BEFORE_SHARE = 0.2;

type Granted = Extract<LoginAnswer, { state: 'granted' }>;

/** What {@link Login} goes by. */
export type LoginOptions = {
  portal: PortalLogin;
  cache: LoginCache;
  /** The process that asks: kubectl asks several times if it fails. */
  caller: number;
  /** What the approving page calls this machine. */
  hostName: string;
  /** Shows an address, where there is something to show it on. */
  openBrowser?: (address: string) => void;
  /** Tells the user, on stderr: stdout is kubectl's. */
  tell: (text: string) => void;
  /** Milliseconds since 1970. */
  now: () => number;
  sleep: (milliseconds: number) => Promise<void>;
};

/** A token that can be used. */
export type UsableToken = {
  token: string;
  /** When there is a better one, in milliseconds since 1970. */
  askAnewAt: number;
  loginExpiresAt: number;
};

/** Gets a token from the portal: from the cache, by renewal, or with the user's approval. */
export class Login {
  readonly #options: LoginOptions;

  static create(options: LoginOptions): Login {
    return new Login(options);
  }

  private constructor(options: LoginOptions) {
    this.#options = options;
  }

  /** @throws Error when the user says no, does nothing, or the portal cannot be asked */
  async getToken(): Promise<UsableToken> {
    const { cache, now, sleep } = this.#options;
    const cached = cache.read();
    if (cached && now() < cached.renewFrom) {
      return usable(cached);
    }
    cache.prepare();
    return withLoginLock(cache.lockFile, sleep, () => this.#renewOrSignIn());
  }

  /** Takes the login back at the portal and forgets it. */
  async end(): Promise<boolean> {
    const { cache, portal } = this.#options;
    const cached = cache.read();
    cache.remove();
    if (cached) {
      await portal.end(cached.renewalSecret);
    }
    return cached !== undefined;
  }

  async #renewOrSignIn(): Promise<UsableToken> {
    const { cache, caller, now } = this.#options;
    // Another process may have done it meanwhile.
    const cached = cache.read();
    if (cached && now() < cached.renewFrom) {
      return usable(cached);
    }
    if (cached && now() < cached.loginExpiresAt) {
      const renewed = await this.#renew(cached);
      if (renewed) {
        return renewed;
      }
      cache.remove();
    }
    const failure = cache.readFailure();
    if (failure?.caller === caller) {
      // Its user said no, or nothing, and is not asked again by the same call.
      throw new Error(failure.message);
    }
    try {
      const granted = await this.#signIn();
      cache.removeFailure();
      return this.#keep(granted);
    } catch (error) {
      if (error instanceof LoginEnded) {
        cache.writeFailure({ caller, message: error.message });
      }
      throw error;
    }
  }

  /** Undefined when the login is over. */
  async #renew(cached: CachedLogin): Promise<UsableToken | undefined> {
    const { portal, now } = this.#options;
    try {
      const answer = await portal.renew(cached.renewalSecret);
      return answer.state === 'granted' ? this.#keep(answer) : undefined;
    } catch (error) {
      if (now() < cached.tokenExpiresAt) {
        // The portal may be back before the token has ended.
        return { ...usable(cached), askAnewAt: cached.tokenExpiresAt };
      }
      throw error;
    }
  }

  #keep(granted: Granted): UsableToken {
    const { cache, now } = this.#options;
    const tokenExpiresAt = Date.parse(granted.expiresAt);
    const margin = Math.min(
      RENEW_BEFORE_MS,
      (tokenExpiresAt - now()) * RENEW_BEFORE_SHARE,
    );
    const login: CachedLogin = {
      token: granted.token,
      tokenExpiresAt,
      renewFrom: tokenExpiresAt - margin,
      renewalSecret: granted.renewalSecret,
      loginExpiresAt: Date.parse(granted.loginExpiresAt),
    };
    cache.write(login);
    return usable(login);
  }

  async #signIn(): Promise<Granted> {
    const { portal, hostName, openBrowser, tell, now } = this.#options;
    const device = await portal.begin(hostName);
    tell(invitation(device, openBrowser !== undefined));
    openBrowser?.(device.verificationUriComplete);
    return this.#awaitApproval(device, now() + device.expiresInSeconds * 1000);
  }

  async #awaitApproval(device: DeviceLogin, end: number): Promise<Granted> {
    const { portal, now, sleep } = this.#options;
    let { intervalSeconds } = device;
    let lastError: unknown;
    while (now() < end) {
      await sleep(intervalSeconds * 1000);
      try {
        const answer = await portal.poll(device.deviceCode);
        if (answer.state === 'granted') {
          return answer;
        }
        if (answer.state !== 'pending') {
          throw new LoginEnded(answer.state);
        }
        ({ intervalSeconds } = answer);
        lastError = undefined;
      } catch (error) {
        if (error instanceof LoginEnded) {
          throw error;
        }
        // A portal that is restarted meanwhile has kept the code.
        lastError = error;
      }
    }
    throw lastError ?? new LoginEnded('expired');
  }
}

class LoginEnded extends Error {
  constructor(state: 'denied' | 'expired') {
    super(
      state === 'denied'
        ? 'the login was denied in the portal'
        : 'nobody approved the login in time',
    );
  }
}

function usable({
  token,
  renewFrom,
  loginExpiresAt,
}: CachedLogin): UsableToken {
  return { token, askAnewAt: renewFrom, loginExpiresAt };
}

function invitation(device: DeviceLogin, isOpened: boolean): string {
  return [
    '',
    isOpened
      ? 'Your browser opens the portal to sign kubectl in. If it does not, open'
      : 'To sign kubectl in, open',
    '',
    `  ${device.verificationUriComplete}`,
    '',
    'and approve if it shows this code:',
    '',
    `  ${device.userCode}`,
    '',
  ].join('\n');
}
