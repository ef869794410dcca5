import { InputError } from '@backstage/errors';

const SEGMENT = /^[A-Za-z0-9._-]+$/;

/** Whether a name can be a part of a key. */
export function isSegment(name: string): boolean {
  return SEGMENT.test(name) && !/^\.\.?$/.test(name);
}

/**
 * The segments of an object's key.
 *
 * @throws InputError when it is not a key as BlobStore describes it
 */
export function keySegments(key: string): string[] {
  const segments = key.split('/');
  if (!segments.every(isSegment)) {
    throw new InputError(`Not a key of an object: ${JSON.stringify(key)}`);
  }
  return segments;
}

/**
 * The segments of a prefix.
 *
 * @throws InputError when it is not a key with a `/` behind it
 */
export function prefixSegments(prefix: string): string[] {
  if (!prefix.endsWith('/')) {
    throw new InputError(`The prefix ${prefix} does not end with /`);
  }
  return keySegments(prefix.slice(0, -1));
}
