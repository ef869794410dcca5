import { NotFoundError } from '@backstage/errors';
import type { Request } from 'express';

/**
 * The `:index` of a chunk's path.
 *
 * @throws NotFoundError when it is no such number
 */
export function parseChunkIndex(request: Request): number {
  const { index } = request.params;
  if (!/^\d{1,9}$/.test(index)) {
    throw new NotFoundError(`No chunk ${index}`);
  }
  return Number(index);
}
