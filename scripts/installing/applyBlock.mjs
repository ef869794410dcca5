import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

/** @typedef {import('./readBlocks.mjs').Block} Block */

/**
 * Writes what a block says where it says so, as a reader would.
 *
 * @param {Block} block - with a file
 * @param {string} directory - of the app
 */
export function applyBlock(block, directory) {
  if (!block.file) throw new Error(`a block names no file: ${block.content}`);
  const path = join(directory, block.file);
  const present = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  if (block.place) {
    if (present === undefined) throw new Error(`there is no ${block.file}`);
    writeFileSync(path, withInserted(present, block));
  } else if (block.language === 'yaml' && present !== undefined) {
    writeFileSync(
      path,
      stringify(merged(parse(present), parse(block.content))),
    );
  } else {
    writeFileSync(path, block.content);
  }
}

/**
 * @param {string} text
 * @param {Block} block
 */
function withInserted(text, { file, place = '', content }) {
  if (place === 'among the imports') return `${content}${text}`;
  const [, marker] = /^before (.+)$/.exec(place) ?? [];
  const lines = text.split('\n');
  const index = marker ? lines.findIndex(line => line.includes(marker)) : -1;
  if (index < 0) throw new Error(`${file} has no place "${place}"`);
  lines.splice(index, 0, content.trimEnd());
  return lines.join('\n');
}

/**
 * @param {any} present
 * @param {any} added
 * @returns {any}
 */
function merged(present, added) {
  if (!isMapping(present) || !isMapping(added)) return added;
  const result = { ...present };
  for (const [key, value] of Object.entries(added)) {
    result[key] = merged(present[key], value);
  }
  return result;
}

/** @param {unknown} value */
function isMapping(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
