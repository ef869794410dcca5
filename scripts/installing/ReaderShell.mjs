import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const STOP_TIMEOUT_MS = 30_000;
const SHOWN_LENGTH = 4000;
const MARK = '\n--- environment of the reader ---\n';

/**
 * The terminal of somebody who follows the documentation: what a block exports
 * is there for the next ones, and what does not end goes on beside.
 */
export class ReaderShell {
  #directory;
  #logs;
  /** @type {NodeJS.ProcessEnv} */
  #env;
  /** @type {import('node:child_process').ChildProcess[]} */
  #services = [];

  /**
   * @param {string} directory - where commands run
   * @param {object} options
   * @param {string} options.logs - a folder for the output of services
   * @param {string[]} options.path - before those of PATH
   * @param {NodeJS.ProcessEnv} options.env - added to the present one
   */
  static open(directory, { logs, path, env }) {
    mkdirSync(logs, { recursive: true });
    return new ReaderShell(directory, logs, {
      ...process.env,
      ...env,
      PATH: [...path, process.env.PATH].join(delimiter),
    });
  }

  /**
   * @private
   * @param {string} directory
   * @param {string} logs
   * @param {NodeJS.ProcessEnv} env
   */
  constructor(directory, logs, env) {
    this.#directory = directory;
    this.#logs = logs;
    this.#env = env;
  }

  /**
   * Runs a block to its end.
   *
   * @param {string} commands
   * @returns {Promise<string>} what it printed on stdout
   */
  async run(commands) {
    const child = spawn(
      'bash',
      [
        '-c',
        `set -e -o pipefail\n${commands}\nprintf '%s' "$READER_MARK"\nenv -0`,
      ],
      {
        cwd: this.#directory,
        env: { ...this.#env, READER_MARK: MARK },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let stdout = '';
    let all = '';
    child.stdout.setEncoding('utf8').on('data', chunk => {
      stdout += chunk;
      all += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', chunk => {
      all += chunk;
    });
    const [code] = await once(child, 'close');
    if (code !== 0) {
      throw new Error(
        `This ended with ${code}:\n${commands}\n${all.slice(-SHOWN_LENGTH)}`,
      );
    }
    // The mark is in the environment, too.
    const end = stdout.indexOf(MARK);
    this.#env = Object.fromEntries(
      stdout
        .slice(end + MARK.length)
        .split('\0')
        .filter(line => line.includes('='))
        .map(line => {
          const index = line.indexOf('=');
          return [line.slice(0, index), line.slice(index + 1)];
        }),
    );
    return stdout.slice(0, end);
  }

  /**
   * Starts what does not end by itself.
   *
   * @param {string} name - of its log
   * @param {string} command
   */
  serve(name, command) {
    const log = openSync(this.logFile(name), 'w');
    const child = spawn('bash', ['-c', `exec ${command}`], {
      cwd: this.#directory,
      env: this.#env,
      stdio: ['ignore', log, log],
      // A process group, as a terminal makes one for each command.
      detached: true,
    });
    this.#services.push(child);
  }

  /** @param {string} name */
  logFile(name) {
    return join(this.#logs, `${name}.log`);
  }

  /** @param {string} name */
  tail(name) {
    return readFileSync(this.logFile(name), 'utf8').slice(-SHOWN_LENGTH);
  }

  /** Ctrl-C to everything that was started, the last first. */
  async close() {
    for (const child of this.#services.reverse()) await endGroup(child);
    this.#services = [];
  }
}

/** @param {import('node:child_process').ChildProcess} child */
async function endGroup(child) {
  const { pid } = child;
  if (!pid) return;
  const exited =
    child.exitCode === null && child.signalCode === null
      ? once(child, 'exit')
      : Promise.resolve();
  signal(pid, 'SIGINT');
  const timer = setTimeout(() => signal(pid, 'SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
  // Children that outlive the one that was started.
  signal(pid, 'SIGKILL');
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} name
 */
function signal(pid, name) {
  try {
    process.kill(-pid, name);
  } catch {
    // It has gone.
  }
}
