import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import {
  SpoolRecord,
  spoolRecordSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import type { IngestCall } from '../TestPortal';
import { SpoolBooks } from './SpoolBooks';
import { StoredRecording } from './StoredRecording';

/** How long a gap may stay open before the portal gives it up, in milliseconds; minutes in the real one. */
const GAP_PATIENCE_MS = 1500;

const RECORDING_PATH =
  /^\/v1\/ingest\/recordings\/([^/]+)\/(?:chunks\/(\d+)|complete)$/;

/**
 * The portal's store, in memory, with the rules of the real one: records are
 * told apart by (epoch, sequence) and their checksum, rows are merged by event
 * id and their first outcome stays, a position moves over what came without a
 * gap, and chunks come in order and never change.
 */
export class IngestStore {
  /** Rows by event id. */
  readonly rows = new Map<string, SpoolRecord>();
  readonly spools = new Map<string, SpoolBooks>();
  readonly recordings = new Map<string, StoredRecording>();
  /** What a portal would raise an alarm for. */
  readonly alarms: string[] = [];

  static create(): IngestStore {
    return new IngestStore();
  }

  private constructor() {}

  /** Answers a call of an agent. */
  ingest(call: IngestCall): { status: number; body: unknown } {
    if (call.path === '/v1/ingest/events') {
      return { status: 200, body: this.#takeEvents(call) };
    }
    const [, id, index] = RECORDING_PATH.exec(call.path) ?? [];
    if (!id) {
      return { status: 404, body: {} };
    }
    return index === undefined
      ? this.#complete(id, call.body)
      : this.#takeChunk(id, Number(index), call.body);
  }

  /** The rows of a kind, told by its namespace. */
  rowsByNamespace(): Map<string, SpoolRecord[]> {
    const result = new Map<string, SpoolRecord[]>();
    for (const row of this.rows.values()) {
      const key = row.namespace ?? '';
      result.set(key, [...(result.get(key) ?? []), row]);
    }
    return result;
  }

  #takeEvents({ body, headers }: IngestCall): {
    acknowledgedSequence: number;
  } {
    const epoch = `${headers['x-spool-epoch']}`;
    const books = this.spools.get(epoch) ?? SpoolBooks.create(GAP_PATIENCE_MS);
    this.spools.set(epoch, books);
    for (const line of gunzipSync(body).toString().split('\n')) {
      if (line) {
        this.#takeLine(epoch, books, line);
      }
    }
    return { acknowledgedSequence: books.advance() };
  }

  #takeLine(epoch: string, books: SpoolBooks, line: string): void {
    const parsed = spoolRecordSchema.safeParse(JSON.parse(line));
    if (!parsed.success) {
      this.alarms.push(`dead letter: ${parsed.error.message}: ${line}`);
      books.note(JSON.parse(line).sequence, line);
      return;
    }
    const record = parsed.data;
    const checksum = createHash('sha256').update(line).digest('hex');
    switch (books.note(record.sequence, checksum)) {
      case 'other':
        this.alarms.push(
          `${epoch}/${record.sequence} came again with other content: ${line}`,
        );
        break;
      case 'new':
        this.#takeRecord(record);
        break;
      default:
    }
  }

  #takeRecord(record: SpoolRecord): void {
    const row = this.rows.get(record.id);
    if (!row || (row.phase === 'attempt' && record.phase !== 'attempt')) {
      this.rows.set(record.id, record);
      return;
    }
    const isSaidAgain =
      record.phase === undefined &&
      record.sessionId !== undefined &&
      record.sessionId === row.sessionId;
    if (record.phase !== 'attempt' && !isSaidAgain) {
      this.alarms.push(`event ${record.id} has its outcome already`);
    }
  }

  #takeChunk(id: string, index: number, body: Buffer) {
    const known = this.recordings.get(id);
    const recording = known ?? StoredRecording.create();
    let problem: string | undefined;
    try {
      problem = recording.putChunk(index, body);
    } catch (error) {
      problem = `chunk ${index} cannot be read: ${(error as Error).message}`;
    }
    if (!known && !problem) {
      this.recordings.set(id, recording);
    }
    return this.#answer(id, problem);
  }

  #complete(id: string, body: Buffer) {
    const recording = this.recordings.get(id);
    if (!recording) {
      this.alarms.push(`recording ${id} has ended and never begun`);
      return { status: 404, body: {} };
    }
    return this.#answer(id, recording.complete(JSON.parse(`${body}`)));
  }

  #answer(id: string, problem: string | undefined) {
    if (problem) {
      this.alarms.push(`recording ${id}: ${problem}`);
    }
    return problem
      ? { status: 409, body: { error: problem } }
      : { status: 200, body: {} };
  }
}
