import { InputError } from '@backstage/errors';
import { z } from 'zod';

const instantSchema = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);

/**
 * Milliseconds since 1970 of an instant in ISO 8601; a date is its midnight in UTC.
 *
 * @param name - what the value is called in an error
 * @throws InputError
 */
export function parseInstant(value: unknown, name: string): number {
  const text = instantSchema.safeParse(value);
  const milliseconds = text.success ? Date.parse(text.data) : NaN;
  if (Number.isNaN(milliseconds)) {
    throw new InputError(
      `${name}: expected ISO 8601 with a time zone, for example 2026-11-22T01:47:41.000Z`,
    );
  }
  return milliseconds;
}
