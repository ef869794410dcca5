import { hash } from 'node:crypto';
import {
  EVENT_SCHEMA_VERSION,
  SpoolRecord,
  spoolRecordSchema,
  withheldRecordSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import { z } from 'zod';

/** A longer line is no record of ours. */
export const MAX_RECORD_BYTES = 2 * 1024 * 1024;
/** Hex digits of a record's checksum, 128 bits of SHA-256. */
const CHECKSUM_DIGITS = 32;
/** How far into a line that is no JSON its sequence is looked for, in bytes. */
const SEQUENCE_SEARCH_BYTES = 4096;
const NEWLINE = 0x0a;

/** One line of a batch, with the position in the spool that it fills. */
export type SpoolLine = {
  /** Undefined when neither the line nor its neighbours tell it. */
  sequence: number | undefined;
  checksum: string;
  bytes: Buffer;
  content: { record: SpoolRecord } | { problem: string };
};

/**
 * Splits a batch into its lines. A line that is no valid record becomes a
 * problem and does not harm the others. Its sequence is guessed from its
 * neighbours when it cannot be read: a spool has no gaps, and a line whose
 * place stayed open would hold up the acknowledgement for ever.
 *
 * @param body - NDJSON
 */
export function parseSpoolBatch(body: Buffer): SpoolLine[] {
  const lines: SpoolLine[] = [];
  for (let start = 0; start < body.length; ) {
    const newline = body.indexOf(NEWLINE, start);
    const end = newline < 0 ? body.length : newline;
    const bytes = trimEnd(body.subarray(start, end));
    if (bytes.length > 0) {
      lines.push(parseLine(bytes));
    }
    start = end + 1;
  }
  return fillSequences(lines);
}

const envelopeSchema = z.object({ sequence: z.number().int().positive() });

function parseLine(bytes: Buffer): SpoolLine {
  const checksum = hash('sha256', bytes, 'hex').slice(0, CHECKSUM_DIGITS);
  const problem = (text: string, sequence: number | undefined) => ({
    sequence,
    checksum,
    bytes,
    content: { problem: text },
  });
  if (bytes.length > MAX_RECORD_BYTES) {
    return problem(
      `the record is longer than ${MAX_RECORD_BYTES} bytes`,
      findSequence(bytes),
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return problem('the line is not JSON', findSequence(bytes));
  }
  const result = spoolRecordSchema.safeParse(value);
  if (!result.success) {
    const sequence = envelopeSchema.safeParse(value).data?.sequence;
    const { data: withheld } = withheldRecordSchema.safeParse(value);
    const [{ path, message }] = result.error.issues;
    return problem(
      withheld
        ? `the agent keeps the record: ${withheld.withheld}`
        : `${path.join('.') || 'record'}: ${message}`,
      sequence,
    );
  }
  const record = result.data;
  if (record.schemaVersion > EVENT_SCHEMA_VERSION) {
    return problem(
      `schemaVersion: ${record.schemaVersion} is newer than ${EVENT_SCHEMA_VERSION}`,
      record.sequence,
    );
  }
  return { sequence: record.sequence, checksum, bytes, content: { record } };
}

/** Agents write the sequence first, so even a line that is cut tells it. */
function findSequence(bytes: Buffer): number | undefined {
  const head = bytes.toString('latin1', 0, SEQUENCE_SEARCH_BYTES);
  const [, digits] = /"sequence"\s*:\s*(\d{1,15})\s*,/.exec(head) ?? [];
  return digits && Number(digits) > 0 ? Number(digits) : undefined;
}

function fillSequences(lines: SpoolLine[]): SpoolLine[] {
  const taken = new Set(lines.map(line => line.sequence));
  const filled = lines.map(line => ({ ...line }));
  const fill = (i: number, neighbour: SpoolLine, step: 1 | -1) => {
    const guess = (neighbour.sequence ?? NaN) + step;
    if (filled[i].sequence === undefined && guess > 0 && !taken.has(guess)) {
      filled[i].sequence = guess;
      taken.add(guess);
    }
  };
  for (let i = 1; i < filled.length; i++) {
    fill(i, filled[i - 1], 1);
  }
  for (let i = filled.length - 2; i >= 0; i--) {
    fill(i, filled[i + 1], -1);
  }
  return filled;
}

function trimEnd(bytes: Buffer): Buffer {
  let end = bytes.length;
  // Space, tab and carriage return.
  while (end > 0 && [0x20, 0x09, 0x0d].includes(bytes[end - 1])) {
    end--;
  }
  return bytes.subarray(0, end);
}
