import { InputError, isError } from '@backstage/errors';
import { ZodError } from 'zod';

/** The error as the host's error handler understands it: what a caller got wrong is an InputError. */
export function toHttpError(error: unknown): unknown {
  if (error instanceof ZodError) {
    const problems = error.issues.map(({ path, message }) =>
      path.length > 0 ? `${path.join('.')}: ${message}` : message,
    );
    return new InputError(problems.join('; '));
  }
  if (isError(error) && error.name === 'FrameError') {
    return new InputError(error.message);
  }
  return error;
}
