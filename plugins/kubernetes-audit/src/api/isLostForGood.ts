import { isError } from '@backstage/errors';

/**
 * Statuses by which the portal says that it has no such thing, or cannot read
 * it: nothing is wrong with the request, which names a chunk of its own table.
 */
const LOST: unknown[] = [400, 404, 410, 422, 500];

/** Whether a part of a recording cannot be had, though the portal answers. */
export function isLostForGood(error: unknown): boolean {
  return (
    isError(error) &&
    error.name === 'ResponseError' &&
    LOST.includes(error.statusCode)
  );
}
