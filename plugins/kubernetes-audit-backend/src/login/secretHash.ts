import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** As hard to guess as a key. */
const SECRET_BYTES = 32;
const idSchema = z.uuid();

/** What somebody proves to have, and where its hash is kept. */
export type IdentifiedSecret = { id: string; secret: string };

export function makeSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** Its SHA-256 in hex: a secret of that length needs no salt. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Takes as long whatever is wrong. */
export function hashesEqual(one: string, other: string): boolean {
  const a = Buffer.from(one);
  const b = Buffer.from(other);
  return a.length === b.length && timingSafeEqual(a, b);
}

export function formatSecret({ id, secret }: IdentifiedSecret): string {
  return `${id}.${secret}`;
}

/** Undefined when it is none of ours. */
export function parseSecret(text: string): IdentifiedSecret | undefined {
  const dot = text.indexOf('.');
  const id = text.slice(0, Math.max(dot, 0));
  return idSchema.safeParse(id).success
    ? { id, secret: text.slice(dot + 1) }
    : undefined;
}
