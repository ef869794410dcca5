import { spawn } from 'node:child_process';
import { REPOSITORY } from '../bootstrap/repository.mjs';

const MAX_KEPT_LENGTH = 8000;

/**
 * Runs a program with its output shown. Ends with its exit code and the last
 * part of what it wrote.
 *
 * @param {string[]} args - of Node
 * @param {NodeJS.ProcessEnv} [env] - added to the present one
 * @returns {Promise<{ code: number, output: string }>}
 */
export function runVisibly(args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: REPOSITORY,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const show = (/** @type {string} */ chunk) => {
      process.stdout.write(chunk);
      output = (output + chunk).slice(-MAX_KEPT_LENGTH);
    };
    child.stdout.setEncoding('utf8').on('data', show);
    child.stderr.setEncoding('utf8').on('data', show);
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ code: code ?? (signal ? 1 : 0), output }),
    );
  });
}
