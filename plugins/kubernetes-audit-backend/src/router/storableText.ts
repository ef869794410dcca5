import { z } from 'zod';

/** A text that every database has: PostgreSQL has none with NUL. */
export const storableText = z
  .string()
  .refine(text => !text.includes('\0'), 'NUL is no part of a text');
