import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeFileAtomically } from './atomicFile';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The UUID in a file; a new one when there is none. */
export function openEpoch(file: string): string {
  const known = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (UUID.test(known)) {
    return known;
  }
  const epoch = randomUUID();
  writeFileAtomically(file, epoch);
  return epoch;
}
