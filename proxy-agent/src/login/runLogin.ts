import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exportsOf } from '../loading';
import { execApiVersion, writeExecCredential } from './execCredential';
import { Login } from './Login';
import { LoginCache } from './LoginCache';
import { hasScreen, openBrowser } from './openBrowser';
import { portalApiUrl } from './portalApiUrl';

/** Characters of the machine's name that are told. */
const MAX_HOST_NAME = 64;

/** The options of the commands `login` and `logout`. */
export type LoginCommandOptions = {
  portal: string;
  /** False after `--no-browser`. */
  browser?: boolean;
  cacheDir?: string;
  allowHttp?: boolean;
};

function defaultDirectory(): string {
  const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(caches, 'kubernetes-audit-agent');
}

function createLogin(options: LoginCommandOptions): Login {
  const { portal, browser, cacheDir, allowHttp = false } = options;
  const url = portalApiUrl(portal, allowHttp);
  return Login.create({
    portal: async () => {
      const { HttpPortalLogin } = await exportsOf(import('./PortalLogin'));
      return HttpPortalLogin.create(url);
    },
    cache: LoginCache.create(cacheDir ?? defaultDirectory(), url),
    caller: process.ppid,
    hostName:
      hostname()
        .replace(/[^A-Za-z0-9._-]/g, '-')
        .slice(0, MAX_HOST_NAME) || 'unknown',
    openBrowser: browser && hasScreen() ? openBrowser : undefined,
    tell: text => process.stderr.write(`${text}\n`),
    now: Date.now,
    sleep: async milliseconds => {
      await sleep(milliseconds);
    },
  });
}

/** Prints a credential for kubectl; on a terminal, until when there is one. */
export async function runLogin(options: LoginCommandOptions): Promise<void> {
  const execInfo = process.env.KUBERNETES_EXEC_INFO;
  const apiVersion = execApiVersion(execInfo);
  const { token, askAnewAt, loginExpiresAt } = await createLogin(
    options,
  ).getToken();
  if (!execInfo && process.stdout.isTTY) {
    const end = new Date(loginExpiresAt).toLocaleString();
    process.stdout.write(
      `You are signed in. kubectl renews its credential until ${end}.\n`,
    );
    return;
  }
  process.stdout.write(
    `${writeExecCredential({ apiVersion, token, askAnewAt })}\n`,
  );
}

/** Takes the login back. */
export async function runLogout(options: LoginCommandOptions): Promise<void> {
  const wasSignedIn = await createLogin(options).end();
  process.stdout.write(
    wasSignedIn ? 'You are signed out.\n' : 'You were not signed in.\n',
  );
}
