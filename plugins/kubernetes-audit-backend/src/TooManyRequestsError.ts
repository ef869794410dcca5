/** An answer with the status 429. */
export class TooManyRequestsError extends Error {
  readonly name = 'TooManyRequestsError';
  readonly statusCode = 429;

  constructor(readonly retryAfterSeconds: number) {
    super('Too much is coming in at once, try again later');
  }
}
