import type { IncomingMessage } from 'node:http';
import {
  AuditLog,
  describeBody,
  objectName,
  RequestBodyCapture,
} from '../audit';
import type { RequestContext } from './RequestContext';

const READING_VERBS = new Set(['get', 'list', 'watch', 'head', 'options']);
/** A verb may come from the path alone: a `POST` of `/watch/…` is one, too. */
const READING_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

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

/** What the body adds to the event. */
type ToldByBody = ReturnType<typeof describeBody> & { resourceName?: string };

/** What the audit gets of one call: an attempt if it may change something, and one outcome. */
export class CallRecord {
  /** The request's body as it streams by. */
  readonly body: RequestBodyCapture;
  readonly #request: IncomingMessage;
  readonly #context: RequestContext;
  readonly #audit: AuditLog;
  #attempted = false;
  #hasOutcome = false;
  #told: ToldByBody | undefined;

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
    return (
      READING_VERBS.has(this.#context.info.verb) &&
      READING_METHODS.has(this.#request.method ?? '')
    );
  }

  /** The outcome is written, or about to be. */
  get hasOutcome(): boolean {
    return this.#hasOutcome;
  }

  /**
   * @param bodyIsWhole - whether all of the body was captured already
   * @throws SpoolError when the call must not be forwarded, since it cannot be audited
   */
  async attempt(bodyIsWhole: boolean): Promise<void> {
    if (this.isReading || !this.#isRecorded) {
      return;
    }
    const kept = this.#audit.attempt(this.#context.head);
    if (bodyIsWhole) {
      // Once the record is on its way to the disk: that time is free.
      setImmediate(() => {
        this.#told ??= this.#readBody();
      });
    }
    await kept;
    this.#attempted = true;
  }

  /** @throws SpoolError when nothing must be answered, since it cannot be audited */
  async outcome(outcome: CallOutcome): Promise<void> {
    this.#hasOutcome = true;
    if (!this.#isRecorded) {
      return;
    }
    const { head, stopwatch } = this.#context;
    const event = {
      ...head,
      ...(this.#told ?? this.#readBody()),
      ...outcome,
      latencyMs: stopwatch.elapsedMs,
    };
    await (this.#attempted
      ? this.#audit.outcome(event)
      : this.#audit.record(event));
  }

  #readBody(): ToldByBody {
    const { head, info, cluster } = this.#context;
    const { headers } = this.#request;
    // The URL of a create ends with the resource.
    const isCreate = info.isResourceRequest && info.verb === 'create';
    return {
      resourceName:
        head.resourceName ?? (isCreate ? objectName(this.body) : undefined),
      ...(cluster.config.audit.bodies &&
        describeBody(
          this.body,
          headers['content-type'],
          info,
          headers['content-encoding'],
        )),
    };
  }

  get #isRecorded(): boolean {
    const { verbs } = this.#context.cluster.config.audit;
    return (
      verbs === 'all' || verbs.some(verb => verb === this.#context.info.verb)
    );
  }
}
