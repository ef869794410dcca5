/** What was to be kept could not be written; the message says why, in words for a user. */
export class SpoolError extends Error {
  readonly name = 'SpoolError';
}
