/**
 * A request URL that the API server, or something in front of it, could take
 * for another one than the proxy does. To be answered with 400.
 */
export class InvalidRequestUrlError extends Error {
  readonly name = 'InvalidRequestUrlError';

  /** @param reason - for the user; does not repeat the URL */
  constructor(reason: string) {
    super(`Invalid request URL: ${reason}`);
  }
}
