import type { IncomingMessage } from 'node:http';
import {
  AuditLog,
  describeBody,
  objectName,
  RequestBodyCapture,
} from '../audit';
import type { RequestContext } from './RequestContext';

const READING_VERBS = new Set(['get', 'list', 'watch', 'head', 'options']);

/** The message of a call that nobody was left to be answered. */
export const CLIENT_GONE =
  'the client closed the connection before it was answered';

/** How a call went. */
export type CallOutcome = {
  result: 'success' | 'failure';
  message: string;
  /** Absent when nobody was answered. */
  statusCode?: number;
};

/** What the audit gets of one call: an attempt if it may change something, and one outcome. */
export class CallRecord {
  /** The request's body as it streams by. */
  readonly body: RequestBodyCapture;
  readonly #request: IncomingMessage;
  readonly #context: RequestContext;
  readonly #audit: AuditLog;
  #attempted = false;
  #hasOutcome = false;

  static create(
    request: IncomingMessage,
    context: RequestContext,
    options: {
      audit: AuditLog;
      /** Bytes of the body that are parsed at the most. */
      maxParsedBody: number;
    },
  ): CallRecord {
    return new CallRecord(
      request,
      context,
      options.audit,
      RequestBodyCapture.create(
        context.cluster.config.audit.bodies ? options.maxParsedBody : 0,
      ),
    );
  }

  private constructor(
    request: IncomingMessage,
    context: RequestContext,
    audit: AuditLog,
    body: RequestBodyCapture,
  ) {
    this.#request = request;
    this.#context = context;
    this.#audit = audit;
    this.body = body;
  }

  /** Whether the call only reads: it may be sent twice. */
  get isReading(): boolean {
    return READING_VERBS.has(this.#context.info.verb);
  }

  /** The outcome is written, or about to be. */
  get hasOutcome(): boolean {
    return this.#hasOutcome;
  }

  /** @throws SpoolError when the call must not be forwarded, since it cannot be audited */
  async attempt(): Promise<void> {
    if (!this.isReading && this.#isRecorded) {
      await this.#audit.attempt(this.#context.head);
      this.#attempted = true;
    }
  }

  /** @throws SpoolError when nothing must be answered, since it cannot be audited */
  async outcome(outcome: CallOutcome): Promise<void> {
    this.#hasOutcome = true;
    if (!this.#isRecorded) {
      return;
    }
    const { head, info, stopwatch, cluster } = this.#context;
    const { headers } = this.#request;
    const event = {
      ...head,
      resourceName: head.resourceName ?? this.#createdName(),
      ...(cluster.config.audit.bodies &&
        describeBody(
          this.body,
          headers['content-type'],
          info,
          headers['content-encoding'],
        )),
      ...outcome,
      latencyMs: stopwatch.elapsedMs,
    };
    await (this.#attempted
      ? this.#audit.outcome(event)
      : this.#audit.record(event));
  }

  /** Of a create, whose URL ends with the resource. */
  #createdName(): string | undefined {
    const { info } = this.#context;
    return info.isResourceRequest && info.verb === 'create'
      ? objectName(this.body)
      : undefined;
  }

  get #isRecorded(): boolean {
    const { verbs } = this.#context.cluster.config.audit;
    return (
      verbs === 'all' || verbs.some(verb => verb === this.#context.info.verb)
    );
  }
}
