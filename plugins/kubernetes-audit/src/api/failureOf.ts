import { isError } from '@backstage/errors';

/** Why a call of the portal failed, as a page tells it. */
export type Failure = {
  kind: 'denied' | 'notFound' | 'failed';
  /** What the portal said, or else what the browser said. */
  message: string;
};

/** Reads the portal's own error out of what {@link KubernetesAuditApi} throws. */
export function failureOf(error: Error): Failure {
  // A ResponseError carries the portal's error, by name, as its cause.
  const told = isError(error.cause) ? error.cause : error;
  return {
    kind: kindOf(told.name),
    message: told.message || error.message,
  };
}

function kindOf(name: string): Failure['kind'] {
  switch (name) {
    case 'NotAllowedError':
      return 'denied';
    case 'NotFoundError':
      return 'notFound';
    default:
      return 'failed';
  }
}
