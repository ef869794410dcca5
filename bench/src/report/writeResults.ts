import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from './Check';
import { printTable } from './printTable';

/** Where results are written; not committed. */
export const RESULTS = join(__dirname, '../../results');

/** Prints the checks and writes `bench/results/<name>.json`. */
export function writeResults(
  name: string,
  checks: Check[],
  measurements: object,
): void {
  printTable(
    ['check', 'value', 'target', 'holds'],
    checks.map(check => [
      check.name,
      check.value,
      check.target,
      check.holds ? 'yes' : 'NO',
    ]),
  );
  mkdirSync(RESULTS, { recursive: true });
  const file = join(RESULTS, `${name}.json`);
  writeFileSync(
    file,
    `${JSON.stringify({ name, checks, ...measurements }, undefined, 2)}\n`,
  );
  console.log(`written to ${file}`);
}
