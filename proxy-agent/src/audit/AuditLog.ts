import {
  EVENT_SCHEMA_VERSION,
  OUTCOME_UNKNOWN,
  RequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import type { Durability } from '../spool';

/** Where records go: the spool, seen from here. */
export interface RecordSink {
  append(record: object, durability: Durability): Promise<void>;
}

/** Everything of an event that is known before the call is forwarded. */
export type EventHead = Omit<RequestAuditEvent, 'result' | 'message'>;

/** Writes the audit records of calls. Each method returns when its record is kept, and throws SpoolError when it cannot be. */
export class AuditLog {
  readonly #sink: RecordSink;

  static create(sink: RecordSink): AuditLog {
    return new AuditLog(sink);
  }

  private constructor(sink: RecordSink) {
    this.#sink = sink;
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
      { schemaVersion: EVENT_SCHEMA_VERSION, phase: 'outcome', ...event },
      'written',
    );
  }

  /** Says all there is of a call that had no attempt. */
  async record(event: RequestAuditEvent): Promise<void> {
    await this.#sink.append(
      { schemaVersion: EVENT_SCHEMA_VERSION, ...event },
      'written',
    );
  }
}
