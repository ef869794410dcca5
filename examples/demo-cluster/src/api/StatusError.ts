import { JsonObject } from '../json';
import { Resource } from './Resource';

type Details = JsonObject | undefined;

/** A refusal, worded as the API server words it, so that kubectl prints it as usual. */
export class StatusError extends Error {
  private constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
    private readonly details?: Details,
  ) {
    super(message);
  }

  static create(
    code: number,
    reason: string,
    message: string,
    details?: Details,
  ): StatusError {
    return new StatusError(code, reason, message, details);
  }

  static badRequest(message: string): StatusError {
    return new StatusError(400, 'BadRequest', message);
  }

  static unknownPath(): StatusError {
    return new StatusError(
      404,
      'NotFound',
      'the server could not find the requested resource',
      {},
    );
  }

  static notFound(resource: Resource, name: string): StatusError {
    return new StatusError(
      404,
      'NotFound',
      `${qualified(resource)} "${name}" not found`,
      named(resource, name),
    );
  }

  static alreadyExists(resource: Resource, name: string): StatusError {
    return new StatusError(
      409,
      'AlreadyExists',
      `${qualified(resource)} "${name}" already exists`,
      named(resource, name),
    );
  }

  static conflict(resource: Resource, name: string): StatusError {
    return new StatusError(
      409,
      'Conflict',
      `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ` +
        'the object has been modified; please apply your changes to the latest version and try again',
      named(resource, name),
    );
  }

  static invalid(
    resource: Resource,
    name: string,
    problem: string,
  ): StatusError {
    const kind = resource.group
      ? `${resource.kind}.${resource.group}`
      : resource.kind;
    return new StatusError(
      422,
      'Invalid',
      `${kind} "${name}" is invalid: ${problem}`,
      named(resource, name),
    );
  }

  toStatus(): JsonObject {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      details: this.details,
      code: this.code,
    };
  }
}

function qualified(resource: Resource): string {
  return resource.group ? `${resource.name}.${resource.group}` : resource.name;
}

function named(resource: Resource, name: string): JsonObject {
  return { name, group: resource.group || undefined, kind: resource.name };
}
