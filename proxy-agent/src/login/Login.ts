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
/** For so long, in milliseconds, a failure is the answer to the same process. */
const FAILURE_MEMORY_MS = 15_000;

type Granted = Extract<LoginAnswer, { state: 'granted' }>;

/** What {@link Login} goes by. */
export type LoginOptions = {
  /** Loads it when there is something to ask. */
  portal: () => Promise<PortalLogin>;
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
    const { cache, caller, now, sleep } = this.#options;
    const cached = cache.read();
    const refused = this.#refused(cached);
    if (cached && now() < cached.renewFrom && !refused) {
      this.#note(cached);
      return usable(cached);
    }
    cache.prepare();
    return withLoginLock(cache.lockFile, sleep, async () => {
      try {
        const login = await this.#renewOrSignIn(refused);
        this.#note(login);
        return usable(login);
      } catch (error) {
        if (error instanceof LoginEnded) {
          const failure = error.message;
          cache.writeLastAnswer({ caller, at: now(), failure });
        }
        throw error;
      }
    });
  }

  /** The token that the same process got already: it asks again before its time only if a proxy has refused that. */
  #refused(cached: CachedLogin | undefined): string | undefined {
    const { cache, caller, now } = this.#options;
    const last = cache.readLastAnswer();
    return cached &&
      now() < cached.renewFrom &&
      last?.caller === caller &&
      last.tokenExpiresAt === cached.tokenExpiresAt
      ? cached.token
      : undefined;
  }

  #note({ tokenExpiresAt }: CachedLogin): void {
    const { cache, caller, now } = this.#options;
    cache.writeLastAnswer({ caller, at: now(), tokenExpiresAt });
  }

  /** Takes the login back at the portal and forgets it. */
  async end(): Promise<boolean> {
    const { cache } = this.#options;
    const cached = cache.read();
    cache.remove();
    if (cached) {
      const portal = await this.#options.portal();
      await portal.end(cached.renewalSecret);
    }
    return cached !== undefined;
  }

  async #renewOrSignIn(refused: string | undefined): Promise<CachedLogin> {
    const { cache, caller, now } = this.#options;
    const last = cache.readLastAnswer();
    if (
      last?.failure !== undefined &&
      last.caller === caller &&
      now() - last.at < FAILURE_MEMORY_MS
    ) {
      // kubectl tries several times: its user said no once for all of them.
      throw new Error(last.failure);
    }
    // Another process may have done it meanwhile.
    const cached = cache.read();
    if (cached && now() < cached.renewFrom && cached.token !== refused) {
      return cached;
    }
    if (cached && now() < cached.loginExpiresAt) {
      const renewed = await this.#renew(cached);
      if (renewed) {
        return renewed;
      }
      cache.remove();
      if (refused !== undefined) {
        // The call that was refused fails anyway: nobody is asked for its sake.
        throw new LoginEnded('revoked');
      }
    }
    return this.#keep(await this.#signIn());
  }

  /** Undefined when the login is over. */
  async #renew(cached: CachedLogin): Promise<CachedLogin | undefined> {
    const { now } = this.#options;
    const portal = await this.#options.portal();
    try {
      const answer = await portal.renew(cached.renewalSecret);
      return answer.state === 'granted' ? this.#keep(answer) : undefined;
    } catch (error) {
      if (now() < cached.tokenExpiresAt) {
        // The portal may be back before the token has ended.
        return { ...cached, renewFrom: cached.tokenExpiresAt };
      }
      throw error;
    }
  }

  #keep(granted: Granted): CachedLogin {
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
    return login;
  }

  async #signIn(): Promise<Granted> {
    const { hostName, openBrowser, tell, now } = this.#options;
    const portal = await this.#options.portal();
    const device = await portal.begin(hostName);
    tell(invitation(device, openBrowser !== undefined));
    openBrowser?.(device.verificationUriComplete);
    const end = now() + device.expiresInSeconds * 1000;
    return this.#awaitApproval(portal, device, end);
  }

  async #awaitApproval(
    portal: PortalLogin,
    device: DeviceLogin,
    end: number,
  ): Promise<Granted> {
    const { now, sleep } = this.#options;
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

const ENDINGS = {
  denied: 'the login was denied in the portal',
  expired: 'nobody approved the login in time',
  revoked: 'the portal has ended this login; the next call signs in anew',
};

class LoginEnded extends Error {
  constructor(ending: keyof typeof ENDINGS) {
    super(ENDINGS[ending]);
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
