import type { Durability, EventSpool } from '../spool';
import type { AuditRecord, RecordSink } from './AuditLog';

/** The audit's records on their way to the spool. The end of a session has happened: it waits where others are refused. */
export class SpoolSink implements RecordSink {
  readonly #spool: EventSpool;

  static create(spool: EventSpool): SpoolSink {
    return new SpoolSink(spool);
  }

  private constructor(spool: EventSpool) {
    this.#spool = spool;
  }

  append(record: AuditRecord, durability: Durability): Promise<void> {
    return record.sessionId && !record.phase
      ? this.#spool.appendWhenPossible(record, durability)
      : this.#spool.append(record, durability);
  }
}
