import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const SECRET_BYTES = 32;

/**
 * Writes a file that only its owner can read.
 *
 * @param {string} path
 * @param {string} content
 */
export function writePrivateFile(path, content) {
  writeFileSync(path, content, { mode: 0o600 });
}

/**
 * The secret of a file, made at the first use and kept.
 *
 * @param {string} path
 * @returns {string}
 */
export function keptSecret(path) {
  if (!existsSync(path)) {
    writePrivateFile(path, `${randomBytes(SECRET_BYTES).toString('hex')}\n`);
  }
  return readFileSync(path, 'utf8').trim();
}
