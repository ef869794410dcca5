import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../bootstrap/CommandError.mjs';
import { writePrivateFile } from './secretFile.mjs';

/** How long a process may take to end by itself. */
const GRACE_MS = 8000;
/** How long the kernel may take to take apart what was ended by force. */
const KILLED_MS = 10_000;
const POLL_MS = 50;
const SHOWN_LOG_LINES = 25;

/**
 * @typedef {object} ManagedProcess
 * @property {string} name
 * @property {number} pid - also its process group
 * @property {string} logFile
 */

/**
 * Starts the demo's processes, each in a process group of its own with its
 * output in a log file, and ends them with everything that they started.
 */
export class Supervisor {
  #directory;
  /** @type {ManagedProcess[]} */
  #processes = [];
  #stopping = false;
  /** @type {(error: Error) => void} */
  #reportDeath = () => {};

  /**
   * Rejects when a process ends that nobody told to.
   *
   * @type {Promise<never>}
   */
  died;

  /**
   * Ends what an earlier start left behind when it was killed.
   *
   * @param {string} directory - for `processes.json` and `logs/`
   */
  static async create(directory) {
    await endLeftovers(directory);
    const supervisor = new Supervisor(directory);
    supervisor.#remember();
    return supervisor;
  }

  /**
   * @private
   * @param {string} directory
   */
  constructor(directory) {
    this.#directory = directory;
    this.died = new Promise((_resolve, reject) => {
      this.#reportDeath = reject;
    });
    this.died.catch(() => {});
  }

  /**
   * @param {object} options
   * @param {string} options.name - in messages and as the log file's name
   * @param {string[]} options.args - of Node
   * @param {NodeJS.ProcessEnv} [options.env] - added to the present one
   * @param {string} [options.cwd]
   */
  start({ name, args, env = {}, cwd }) {
    const logFile = join(this.#directory, 'logs', `${name}.log`);
    const log = openSync(logFile, 'w', 0o600);
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log],
      detached: true,
    });
    child.on('error', error => this.#reportDeath(error));
    child.on('exit', (code, signal) => {
      if (this.#stopping) return;
      this.#reportDeath(
        new CommandError(
          `The ${name} ended with ${
            signal ?? `code ${code}`
          }. The last lines of ${logFile}:\n${lastLines(logFile)}`,
        ),
      );
    });
    if (child.pid) {
      this.#processes.push({ name, pid: child.pid, logFile });
      this.#remember();
    }
  }

  /**
   * Ends one process after the other, the last one started first, by force if
   * need be: the proxy delivers what it has while the portal still runs.
   */
  async stop() {
    this.#stopping = true;
    for (const { pid } of this.#processes.toReversed()) {
      await endGroups([pid], GRACE_MS);
    }
    this.#processes = [];
    writePrivateFile(processesFile(this.#directory), '{}\n');
  }

  /** Ends all processes at once, by force. */
  kill() {
    this.#stopping = true;
    for (const { pid } of this.#processes) signalGroup(pid, 'SIGKILL');
  }

  #remember() {
    writePrivateFile(
      processesFile(this.#directory),
      `${JSON.stringify({
        main: process.pid,
        groups: this.#processes.map(({ pid }) => pid),
      })}\n`,
    );
  }
}

/** @param {string} directory */
function processesFile(directory) {
  return join(directory, 'processes.json');
}

/** @param {string} directory */
async function endLeftovers(directory) {
  const file = processesFile(directory);
  if (!existsSync(file)) return;
  /** @type {{ main?: number, groups?: number[] }} */
  const { main, groups = [] } = JSON.parse(readFileSync(file, 'utf8'));
  if (main && main !== process.pid && isNode(main) && groups.some(isNode)) {
    throw new CommandError(
      `The demo in ${directory} is running already (process ${main}).`,
      'End it first, or run a second one with DEMO_DIR and DEMO_PORT_BASE.',
    );
  }
  await endGroups(groups.filter(isNode), GRACE_MS);
}

/**
 * Whether a process id that was written down still means one of ours. Ids are
 * used again; where /proc tells nothing, a process is taken for a stranger.
 *
 * @param {number} pid
 */
function isNode(pid) {
  try {
    return readlinkSync(`/proc/${pid}/exe`).endsWith('/node');
  } catch {
    return false;
  }
}

/**
 * @param {number[]} groups
 * @param {number} graceMs
 */
async function endGroups(groups, graceMs) {
  for (const group of groups) signalGroup(group, 'SIGTERM');
  if (await haveEnded(groups, graceMs)) return;
  for (const group of groups) signalGroup(group, 'SIGKILL');
  // Until then their ports are taken.
  await haveEnded(groups, KILLED_MS);
}

/**
 * @param {number[]} groups
 * @param {number} timeoutMs
 * @returns {Promise<boolean>} whether they ended in time
 */
async function haveEnded(groups, timeoutMs) {
  const deadline = Date.now() + timeoutMs;
  while (groups.some(groupLives)) {
    if (Date.now() > deadline) return false;
    await new Promise(resolve => setTimeout(resolve, POLL_MS));
  }
  return true;
}

/** @param {number} group */
function groupLives(group) {
  return signalGroup(group, 0);
}

/**
 * @param {number} group
 * @param {NodeJS.Signals | 0} signal
 * @returns {boolean} whether there was anybody to get it
 */
function signalGroup(group, signal) {
  try {
    process.kill(-group, signal);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} file */
function lastLines(file) {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(-SHOWN_LOG_LINES)
    .join('\n');
}
