import { appendFileSync, closeSync, fsyncSync, openSync } from 'node:fs';
import { z } from 'zod';
import { sequenceOf } from '../spool';
import { PortalError } from './PortalClient';

const NEWLINE = 0x0a;
/** Characters of the portal's reason that are said again. */
const MAX_REASON = 500;

const refusalSchema = z.object({
  error: z.object({
    message: z.string(),
    sequences: z.array(z.number().int().positive()).min(1),
  }),
});

/**
 * Records that the portal will never take, since they are of clusters that it
 * does not let this agent speak of. They are kept in a file beside the spool,
 * and the portal gets a word about each in its place: the others must not wait
 * for them.
 */
export class RefusedRecords {
  readonly #file: string;
  /** Why, by sequence, of those that are not acknowledged yet. */
  readonly #reasons = new Map<number, string>();
  #count = 0;

  /** @param file - NDJSON, made when it is needed */
  static create(file: string): RefusedRecords {
    return new RefusedRecords(file);
  }

  private constructor(file: string) {
    this.#file = file;
  }

  get file(): string {
    return this.#file;
  }

  /** Records that were refused since the start. */
  get count(): number {
    return this.#count;
  }

  /** @returns the batch with a word in the place of each record that was refused */
  withhold(body: Buffer): Buffer {
    if (this.#reasons.size === 0) {
      return body;
    }
    return Buffer.concat(
      linesOf(body).map(line => {
        const sequence = sequenceOf(line);
        const withheld = this.#reasons.get(sequence);
        return withheld === undefined
          ? line
          : Buffer.from(`${JSON.stringify({ sequence, withheld })}\n`);
      }),
    );
  }

  /**
   * Keeps the records of a batch that the portal has refused by number.
   *
   * @returns false when the error is another one
   * @throws Error when the disk does not take them
   */
  take(body: Buffer, error: unknown): boolean {
    if (!(error instanceof PortalError) || error.statusCode !== 403) {
      return false;
    }
    const refusal = refusalSchema.safeParse(error.content);
    if (!refusal.success) {
      return false;
    }
    const { message, sequences } = refusal.data.error;
    const wanted = new Set(sequences);
    const refused = linesOf(body).filter(line => wanted.has(sequenceOf(line)));
    if (refused.length === 0) {
      return false;
    }
    const handle = openSync(this.#file, 'a', 0o600);
    try {
      appendFileSync(handle, Buffer.concat(refused));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    refused.forEach(line =>
      this.#reasons.set(sequenceOf(line), message.slice(0, MAX_REASON)),
    );
    this.#count += refused.length;
    return true;
  }

  /** Forgets why the records up to and with this one were refused. */
  acknowledge(upTo: number): void {
    for (const sequence of this.#reasons.keys()) {
      if (sequence <= upTo) {
        this.#reasons.delete(sequence);
      }
    }
  }
}

/** The lines, each with its end. */
function linesOf(body: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < body.length; ) {
    const end = body.indexOf(NEWLINE, start) + 1 || body.length;
    lines.push(body.subarray(start, end));
    start = end;
  }
  return lines;
}
