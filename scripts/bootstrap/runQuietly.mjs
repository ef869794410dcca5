import { spawn } from 'node:child_process';
import { REPOSITORY } from './repository.mjs';

const MAX_KEPT_LINES = 200;

/**
 * Runs a program without showing its output. Ends with the exit code and the
 * last lines that it wrote, stdout and stderr together.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {(line: string) => void} [options.onLine]
 * @returns {Promise<{ code: number, lines: string[] }>}
 */
export function runQuietly(command, args, options = {}) {
  const { cwd = REPOSITORY, env = process.env, onLine = () => {} } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    /** @type {string[]} */
    const lines = [];
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream.setEncoding('utf8');
      stream.on('data', chunk => {
        const parts = (rest + chunk).split(/\r?\n|\r/);
        rest = parts.pop() ?? '';
        for (const line of parts) {
          if (!line.trim()) continue;
          lines.push(line);
          if (lines.length > MAX_KEPT_LINES) lines.shift();
          onLine(line);
        }
      });
      stream.on('end', () => {
        if (rest.trim()) lines.push(rest);
      });
    }
    const end = () => child.kill();
    process.once('exit', end);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('exit', end);
      resolve({ code: code ?? (signal ? 1 : 0), lines });
    });
  });
}
