import { createHash } from 'node:crypto';

/** Stands for a value in an index, which does not take every length. */
export function digestOf(value: string): string {
  return createHash('sha256').update(value).digest('base64url');
}
