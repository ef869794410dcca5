import { hasScreen } from './openBrowser';

describe('hasScreen', () => {
  it.each<[NodeJS.ProcessEnv, NodeJS.Platform, boolean]>([
    [{ DISPLAY: ':0' }, 'linux', true],
    [{ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', true],
    [{}, 'linux', false],
    [{ DISPLAY: ':10', SSH_CONNECTION: 'x' }, 'linux', false],
    [{}, 'darwin', true],
    [{ SSH_TTY: '/dev/ttys0' }, 'darwin', false],
  ])('%j on %s: %s', (env, platform, expected) => {
    expect(hasScreen(env, platform)).toBe(expected);
  });
});
