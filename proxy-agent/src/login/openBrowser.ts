import { spawn } from 'node:child_process';

/** Whether there is a screen that a browser could be opened on. */
export function hasScreen(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): boolean {
  if (env.SSH_CONNECTION || env.SSH_TTY) {
    return false;
  }
  return (
    platform === 'darwin' ||
    platform === 'win32' ||
    Boolean(env.DISPLAY || env.WAYLAND_DISPLAY)
  );
}

const OPENERS: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ['open'],
  // Not through a shell, which would read the address.
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Shows an address in the user's browser, if it can; nothing waits for it. */
export function openBrowser(address: string): void {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...args, address], {
    detached: true,
    stdio: 'ignore',
  });
  // The address was printed as well.
  child.on('error', () => {});
  child.unref();
}
