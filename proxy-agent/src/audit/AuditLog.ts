import {
  EVENT_SCHEMA_VERSION,
  OUTCOME_UNKNOWN,
  RequestAuditEvent,
  SpoolRecord,
} from 'backstage-plugin-kubernetes-audit-common';
import type { Durability } from '../spool';

/** What is kept of a call: an event, whole or in two phases. */
export type AuditRecord = Omit<SpoolRecord, 'sequence'>;

/** Where records go: the spool, seen from here. */
export interface RecordSink {
  append(record: AuditRecord, durability: Durability): Promise<void>;
}

/** Everything of an event that is known before the call is forwarded. */
export type EventHead = Omit<RequestAuditEvent, 'result' | 'message'>;

/** Writes the audit records of calls. Each method returns when its record is kept, and throws SpoolError when it cannot be. */
export class AuditLog {
  readonly #sink: RecordSink;
  readonly #note: () => string | undefined;

  /** @param note - what every message ends with now */
  static create(
    sink: RecordSink,
    note: () => string | undefined = () => undefined,
  ): AuditLog {
    return new AuditLog(sink, note);
  }

  private constructor(sink: RecordSink, note: () => string | undefined) {
    this.#sink = sink;
    this.#note = note;
  }

  /** Says that a call is about to be forwarded; on the disk when it returns. */
  async attempt(head: EventHead): Promise<void> {
    await this.#sink.append(
      {
        schemaVersion: EVENT_SCHEMA_VERSION,
        phase: 'attempt',
        ...head,
        result: 'failure',
        message: OUTCOME_UNKNOWN,
      },
      'synced',
    );
  }

  /** Says how an attempted call went. */
  async outcome(event: RequestAuditEvent): Promise<void> {
    await this.#sink.append(
      {
        schemaVersion: EVENT_SCHEMA_VERSION,
        phase: 'outcome',
        ...event,
        message: this.#noted(event.message),
      },
      'written',
    );
  }

  /** Says all there is of a call that had no attempt. */
  async record(event: RequestAuditEvent): Promise<void> {
    await this.#sink.append(
      {
        schemaVersion: EVENT_SCHEMA_VERSION,
        ...event,
        message: this.#noted(event.message),
      },
      'written',
    );
  }

  #noted(message: string): string {
    const note = this.#note();
    return note === undefined ? message : `${message} (${note})`;
  }
}
