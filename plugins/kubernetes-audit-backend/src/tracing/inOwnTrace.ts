import { context, ROOT_CONTEXT } from '@opentelemetry/api';

/**
 * Starts work that goes on for many requests, though one of them has set it
 * off: its spans begin traces of their own.
 */
export function inOwnTrace<T>(start: () => T): T {
  return context.with(ROOT_CONTEXT, start);
}
