import { SpoolError } from '../spool';

/** A call was sent to its cluster, and how it went cannot be audited: nobody may be told. */
export class UnrecordedOutcomeError extends SpoolError {
  /** @param cause - of what else than the spool it is, it is handed on */
  static of(cause: Error): Error {
    return cause instanceof SpoolError
      ? new UnrecordedOutcomeError(cause.message, { cause })
      : cause;
  }
}
