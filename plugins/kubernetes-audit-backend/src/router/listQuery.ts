import { InputError } from '@backstage/errors';
import type { Request } from 'express';
import {
  DEFAULT_PAGE_LIMIT,
  MAX_PAGE_LIMIT,
} from 'backstage-plugin-kubernetes-audit-common';
import { z } from 'zod';
import { PageRequest, parseInstant } from '../database';
import { storableText } from './storableText';

/** Characters of a search at the most. */
const MAX_SEARCH = 256;
const MAX_CURSOR = 1024;

const querySchema = z.object({
  filter: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  search: storableText.max(MAX_SEARCH).optional(),
  cursor: z.string().max(MAX_CURSOR).optional(),
  order: z.enum(['asc', 'desc']).optional(),
  // A page may always be shorter than asked for, so more is no error.
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .default(DEFAULT_PAGE_LIMIT)
    .transform(limit => Math.min(limit, MAX_PAGE_LIMIT)),
});

/** What the lists of events and recordings are asked by. */
export type ListQuery = PageRequest & {
  filter?: unknown;
  from?: number;
  to?: number;
  search?: string;
};

/**
 * Reads the query string of a list; an empty parameter counts as absent.
 *
 * @throws ZodError, InputError
 */
export function parseListQuery(request: Request): ListQuery {
  const { filter, from, to, ...page } = querySchema.parse(
    Object.fromEntries(
      Object.entries(request.query).filter(([, value]) => value !== ''),
    ),
  );
  return {
    ...page,
    filter: filter === undefined ? undefined : parseJson(filter),
    from: from === undefined ? undefined : parseInstant(from, 'from'),
    to: to === undefined ? undefined : parseInstant(to, 'to'),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError('filter: not JSON', error);
  }
}
