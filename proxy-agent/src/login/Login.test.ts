import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoginAnswer } from 'backstage-plugin-kubernetes-audit-common';
import { Login } from './Login';
import { LoginCache } from './LoginCache';
import type { PortalLogin } from './PortalLogin';

const NOW = Date.parse('2026-11-22T02:00:00.000Z');
const HOUR = 3600_000;
const PORTAL = 'https://portal.example.com/api/kubernetes-audit';

describe('Login', () => {
  let nextCaller = 1000;
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'login-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function setUp(
    options: {
      openBrowser?: (address: string) => void;
      caller?: number;
    } = {},
  ) {
    const clock = { now: NOW };
    const cacheDirectory = join(directory, 'cache');
    const cache = LoginCache.create(cacheDirectory, PORTAL);
    const tellings: string[] = [];
    let issued = 0;
    const grant = (): LoginAnswer => {
      issued++;
      return {
        state: 'granted',
        token: `token-${issued}`,
        expiresAt: new Date(clock.now + HOUR).toISOString(),
        renewalSecret: `secret-${issued}`,
        loginExpiresAt: new Date(NOW + 24 * HOUR).toISOString(),
      };
    };
    const pending: LoginAnswer = { state: 'pending', intervalSeconds: 2 };
    const portal: jest.Mocked<PortalLogin> = {
      begin: jest.fn(async (_hostName: string) => ({
        deviceCode: 'device',
        userCode: 'WDJB-MJHT',
        verificationUri: 'https://portal.example.com/kubernetes-access',
        verificationUriComplete:
          'https://portal.example.com/kubernetes-access?login=WDJB-MJHT',
        expiresInSeconds: 600,
        intervalSeconds: 2,
      })),
      poll: jest.fn(async (_deviceCode: string) => grant()),
      renew: jest.fn(async (_renewalSecret: string) => grant()),
      end: jest.fn(async (_renewalSecret: string) => {}),
    };
    const sleeps: number[] = [];
    const login = Login.create({
      portal: async () => portal,
      cache,
      // As of another kubectl each time.
      get caller() {
        return options.caller ?? nextCaller++;
      },
      hostName: 'laptop',
      openBrowser: options.openBrowser,
      tell: text => tellings.push(text),
      now: () => clock.now,
      sleep: async milliseconds => {
        sleeps.push(milliseconds);
        clock.now += milliseconds;
      },
    });
    return {
      clock,
      cache,
      cacheDirectory,
      portal,
      login,
      tellings,
      sleeps,
      pending,
    };
  }

  it('tells the address and the code, waits for approval, and keeps the token for its user alone', async () => {
    const { portal, login, tellings, sleeps, pending, cacheDirectory } =
      setUp();
    portal.poll
      .mockResolvedValueOnce(pending)
      .mockResolvedValueOnce({ state: 'pending', intervalSeconds: 5 });
    const { token, askAnewAt } = await login.getToken();
    expect(token).toBe('token-1');
    expect(sleeps).toEqual([2000, 2000, 5000]);
    expect(askAnewAt).toBe(NOW + 9000 + HOUR - 5 * 60_000);
    expect(tellings.join('\n')).toContain(
      'https://portal.example.com/kubernetes-access?login=WDJB-MJHT',
    );
    expect(tellings.join('\n')).toMatch(/^ {2}WDJB-MJHT$/m);
    expect(tellings.join('\n')).not.toContain('device');
    expect(statSync(cacheDirectory).mode & 0o777).toBe(0o700);
    const files = readdirSync(cacheDirectory);
    expect(files).toEqual([
      expect.stringMatching(/^[0-9a-f]{32}\.json$/),
      expect.stringMatching(/^[0-9a-f]{32}\.last\.json$/),
    ]);
    expect(readFileSync(join(cacheDirectory, files[1]), 'utf8')).not.toContain(
      'token-1',
    );
    for (const file of files) {
      expect(statSync(join(cacheDirectory, file)).mode & 0o777).toBe(0o600);
    }
  });

  it('opens the address where there is a browser', async () => {
    const openBrowser = jest.fn();
    await setUp({ openBrowser }).login.getToken();
    expect(openBrowser).toHaveBeenCalledWith(
      'https://portal.example.com/kubernetes-access?login=WDJB-MJHT',
    );
  });

  it('uses what it has, and renews it silently before it ends', async () => {
    const { clock, portal, login, tellings } = setUp();
    await login.getToken();
    clock.now += HOUR - 6 * 60_000;
    expect((await login.getToken()).token).toBe('token-1');
    expect(portal.renew).not.toHaveBeenCalled();
    clock.now += 2 * 60_000;
    expect((await login.getToken()).token).toBe('token-2');
    expect(portal.renew).toHaveBeenCalledWith('secret-1');
    clock.now += HOUR;
    expect((await login.getToken()).token).toBe('token-3');
    expect(portal.renew).toHaveBeenLastCalledWith('secret-2');
    expect(tellings).toHaveLength(1);
  });

  it('lives with a portal that is away as long as the token does', async () => {
    const { clock, portal, login } = setUp();
    await login.getToken();
    portal.renew.mockRejectedValue(new Error('away'));
    clock.now += HOUR - 60_000;
    expect((await login.getToken()).token).toBe('token-1');
    clock.now += 60_000;
    await expect(login.getToken()).rejects.toThrow('away');
  });

  it.each<LoginAnswer>([{ state: 'expired' }, { state: 'denied' }])(
    'asks for approval anew when the login is over: %j',
    async answer => {
      const { clock, portal, login } = setUp();
      await login.getToken();
      portal.renew.mockResolvedValue(answer);
      clock.now += HOUR;
      expect((await login.getToken()).token).toBe('token-2');
      expect(portal.begin).toHaveBeenCalledTimes(2);
    },
  );

  it('goes on over a portal that is restarted', async () => {
    const { portal, login } = setUp();
    portal.poll.mockRejectedValueOnce(new Error('restarted'));
    expect((await login.getToken()).token).toBe('token-1');
  });

  it('fails when nobody does anything', async () => {
    const { portal, login, pending } = setUp();
    portal.poll.mockResolvedValue(pending);
    await expect(login.getToken()).rejects.toThrow('nobody approved');
  });

  it('asks nobody again for the same call who has said no', async () => {
    const { clock, portal, login } = setUp({ caller: 1 });
    portal.poll.mockResolvedValueOnce({ state: 'denied' });
    for (let i = 0; i < 3; i++) {
      await expect(login.getToken()).rejects.toThrow('was denied');
    }
    expect(portal.begin).toHaveBeenCalledTimes(1);
    const other = setUp({ caller: 2 });
    expect((await other.login.getToken()).token).toBe('token-1');
    other.cache.remove();
    // A shell is the same process for long.
    clock.now += 15_000;
    expect((await login.getToken()).token).toBe('token-1');
  });

  it('renews at once what a proxy has refused, and knows that the login was ended', async () => {
    const { portal, login } = setUp({ caller: 1 });
    await login.getToken();
    expect((await login.getToken()).token).toBe('token-2');
    portal.renew.mockResolvedValue({ state: 'expired' });
    await expect(login.getToken()).rejects.toThrow('has ended this login');
    expect(portal.begin).toHaveBeenCalledTimes(1);
    const next = setUp({ caller: 2 });
    await next.login.getToken();
    expect(next.portal.begin).toHaveBeenCalledTimes(1);
  });

  it('asks once for many at once', async () => {
    const { portal, login } = setUp();
    const tokens = await Promise.all([
      login.getToken(),
      login.getToken(),
      login.getToken(),
    ]);
    expect(tokens.map(({ token }) => token)).toEqual(
      Array.from({ length: 3 }, () => 'token-1'),
    );
    expect(portal.begin).toHaveBeenCalledTimes(1);
  });

  it('takes over from a process that was killed', async () => {
    const { cache, login } = setUp();
    cache.prepare();
    // No process has this id: it is above the greatest of Linux.
    writeFileSync(cache.lockFile, '4194305');
    expect((await login.getToken()).token).toBe('token-1');
  });

  it('does not use a file that others could read, nor one that is cut', async () => {
    const { portal, login, cacheDirectory } = setUp();
    await login.getToken();
    const [name] = readdirSync(cacheDirectory);
    const file = join(cacheDirectory, name);
    chmodSync(file, 0o644);
    await login.getToken();
    expect(portal.begin).toHaveBeenCalledTimes(2);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 20));
    await login.getToken();
    expect(portal.begin).toHaveBeenCalledTimes(3);
  });

  it('takes the login back and forgets it', async () => {
    const { portal, login, cacheDirectory } = setUp();
    expect(await login.end()).toBe(false);
    await login.getToken();
    expect(await login.end()).toBe(true);
    expect(portal.end).toHaveBeenCalledWith('secret-1');
    expect(readdirSync(cacheDirectory)).toEqual([]);
  });
});
