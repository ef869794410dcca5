import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { MAX_STATUS_BYTES, statusMessage } from '../audit';
import type { RequestInfo } from '../request';
import type {
  HttpCall,
  HttpCallHandler,
  RawHeaders,
  ResponseHead,
  UpstreamRoute,
} from '../upstream';
import { CallRecord, CLIENT_GONE } from './CallRecord';
import { endAnswer, readAnswerHead, writeAnswerHead } from './clientAnswer';
import { HeldBody } from './HeldBody';
import { sendRefusal, STATUS_WAIT_MS } from './kubernetesStatus';
import type { RequestContext } from './RequestContext';
import { discardRest } from './requestBody';
import { UnrecordedOutcomeError } from './UnrecordedOutcomeError';
import { BROKEN_TUNNEL, upstreamFailure } from './upstreamFailure';
import type { UpstreamTroubles } from './UpstreamTroubles';
import { clientResponseHeaders, reasonText } from './upstreamHeaders';

/** How often a reading call is sent at the most, when connections that were kept alive break under it. */
const MAX_SENDS = 3;
/** What says that the connection broke, rather than that something is wrong with the request. */
const BROKEN_CONNECTION = new Set([
  'ECONNRESET',
  'EPIPE',
  'ERR_HTTP_CONNECTION_ENDED',
  ...BROKEN_TUNNEL,
]);

type State =
  /** There is no answer yet. */
  | 'asking'
  /** An error was answered; the beginning of its body is collected. */
  | 'holding'
  /** The outcome is being written; what comes of the body meanwhile is collected. */
  | 'recording'
  /** The client gets the answer. */
  | 'answering'
  | 'over';

/** Where a call goes. */
export type CallTarget = Pick<RequestContext, 'cluster' | 'route' | 'url'> & {
  info: Pick<RequestInfo, 'resource'>;
};

type ExchangeOptions = {
  request: IncomingMessage;
  response: ServerResponse;
  body: Buffer | Readable | undefined;
  target: CallTarget;
  /**
   * The headers that the API server gets.
   *
   * @throws Error when the credential for it cannot be read
   */
  headers: () => RawHeaders;
  /**
   * Gives the target another route than those that were tried, and adds the
   * present one to them; false when there is none.
   */
  takeOtherRoute: (tried: Set<UpstreamRoute>) => boolean;
  record: Pick<CallRecord, 'isReading' | 'hasOutcome' | 'outcome'>;
  troubles: UpstreamTroubles;
};

/**
 * One call on its way to the API server and its answer on the way back, with
 * backpressure. The head of the answer is released when its outcome is in the
 * spool.
 */
export class Exchange implements HttpCallHandler {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #body: Buffer | Readable | undefined;
  readonly #target: CallTarget;
  readonly #headers: ExchangeOptions['headers'];
  readonly #takeOtherRoute: ExchangeOptions['takeOtherRoute'];
  readonly #record: ExchangeOptions['record'];
  readonly #troubles: UpstreamTroubles;
  #state: State = 'asking';
  #sends = 0;
  readonly #triedRoutes = new Set<UpstreamRoute>();
  #upstream: HttpCall | undefined;
  #answer: ResponseHead | undefined;
  readonly #held = HeldBody.create();
  #holdTimer: NodeJS.Timeout | undefined;
  /** The answer's end, or what broke it off. */
  #ended: { trailers: RawHeaders } | { error: Error } | undefined;
  #resolve: () => void = () => {};
  #reject: (error: Error) => void = () => {};

  static create(options: ExchangeOptions): Exchange {
    return new Exchange(options);
  }

  private constructor(options: ExchangeOptions) {
    this.#request = options.request;
    this.#response = options.response;
    this.#body = options.body;
    this.#target = options.target;
    this.#headers = options.headers;
    this.#takeOtherRoute = options.takeOtherRoute;
    this.#record = options.record;
    this.#troubles = options.troubles;
  }

  /**
   * Resolves when the client was answered, or has gone.
   *
   * @throws SpoolError when nothing was answered because it could not be audited,
   *   an UnrecordedOutcomeError when the call was sent
   */
  async run(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#response.once('close', () => this.#clientGone());
      this.#send();
    });
  }

  #send(): void {
    if (this.#state === 'over') {
      return;
    }
    const { cluster, route, url } = this.#target;
    this.#sends += 1;
    this.#upstream = undefined;
    try {
      route.send(
        {
          method: this.#request.method ?? 'GET',
          path: `${cluster.basePath}${url}`,
          headers: this.#headers(),
          body: this.#body,
        },
        this,
      );
    } catch (error) {
      this.#notSent(error as Error);
    }
  }

  /** Nothing has reached the API server: another way will do for any call. */
  #notSent(error: Error): void {
    const isUnread =
      !(this.#body instanceof Readable) ||
      !(this.#body.readableDidRead || this.#body.destroyed);
    if (isUnread && this.#takeOtherRoute(this.#triedRoutes)) {
      setImmediate(() => this.#send());
    } else {
      this.#unanswered(error);
    }
  }

  onSent(call: HttpCall): void {
    this.#upstream = call;
    if (this.#state === 'over') {
      call.abort();
    }
  }

  onHead(head: ResponseHead): void {
    const { statusCode } = head;
    this.#troubles.answered(this.#target.cluster.name, statusCode);
    this.#answer = readAnswerHead(head, this.#target.info);
    if (statusCode < 400) {
      this.#release();
      return;
    }
    this.#state = 'holding';
    this.#holdTimer = setTimeout(() => this.#release(), STATUS_WAIT_MS);
  }

  onBody(bytes: Buffer): void {
    if (this.#state === 'answering') {
      if (!this.#response.write(bytes)) {
        this.#holdBack();
      }
      return;
    }
    this.#held.push(bytes);
    if (this.#state === 'holding' && this.#held.bytes >= MAX_STATUS_BYTES) {
      this.#release();
    }
    if (this.#held.isFull) {
      this.#upstream?.pause();
    }
  }

  onEnd(trailers: RawHeaders): void {
    this.#ended = { trailers: clientResponseHeaders(trailers) };
    if (this.#state === 'holding') {
      this.#release();
    } else if (this.#state === 'answering') {
      this.#finish();
    }
  }

  onError(error: Error): void {
    switch (this.#state) {
      case 'asking':
        if (this.#maySendAgain(error)) {
          // What broke may be the way itself; where there is one alone, its next connection has to do.
          this.#takeOtherRoute(this.#triedRoutes);
          // Later: the others of the pool may be about to break, too.
          setImmediate(() => this.#send());
        } else if (!this.#upstream) {
          this.#notSent(error);
        } else {
          this.#unanswered(error);
        }
        break;
      case 'holding':
        this.#unanswered(error);
        break;
      case 'recording':
      case 'answering':
        this.#ended = { error };
        if (this.#state === 'answering') {
          this.#finish();
        }
        break;
      default:
    }
  }

  /** Until the client takes more. */
  #holdBack(): void {
    this.#upstream?.pause();
    if (this.#response.listenerCount('drain') === 0) {
      this.#response.once('drain', () => this.#upstream?.resume());
    }
  }

  /** A call that changes something is never sent twice, whatever became of it. */
  #maySendAgain(error: Error & { code?: string }): boolean {
    return (
      this.#upstream !== undefined &&
      this.#sends < MAX_SENDS &&
      this.#record.isReading &&
      this.#body === undefined &&
      BROKEN_CONNECTION.has(error.code ?? '')
    );
  }

  /** Writes the outcome, then lets the answer go. */
  #release(): void {
    const answer = this.#answer;
    if (!answer) {
      return;
    }
    clearTimeout(this.#holdTimer);
    this.#state = 'recording';
    const { statusCode, reason } = answer;
    const isError = statusCode >= 400;
    const told = reasonText(reason);
    this.#record
      .outcome({
        result: isError ? 'failure' : 'success',
        message: isError ? statusMessage(this.#held.peek(), told) : told,
        statusCode,
      })
      .then(() => this.#writeAnswer(answer))
      .catch(error => this.#fail(error));
  }

  #writeAnswer(answer: ResponseHead): void {
    if (this.#state !== 'recording') {
      return;
    }
    this.#state = 'answering';
    const response = this.#response;
    writeAnswerHead(this.#request, response, answer);
    const held = this.#held.take();
    // The last one goes out together with the end.
    const last = this.#ended ? held.pop() : undefined;
    held.forEach(chunk => response.write(chunk));
    if (this.#ended) {
      this.#finish(last);
      return;
    }
    if (response.writableNeedDrain) {
      this.#holdBack();
    } else {
      this.#upstream?.resume();
    }
    if (this.#state === 'answering') {
      // A watch may stay silent for long: its head must not wait.
      response.flushHeaders();
    }
  }

  #finish(lastChunk?: Buffer): void {
    if (this.#ended && 'trailers' in this.#ended) {
      endAnswer(this.#request, this.#response, this.#ended.trailers, lastChunk);
    } else {
      // Only a broken connection tells the client that the answer is not whole.
      this.#response.destroy();
    }
    this.#state = 'over';
    this.#resolve();
  }

  #unanswered(error: Error): void {
    clearTimeout(this.#holdTimer);
    this.#state = 'over';
    const { name } = this.#target.cluster;
    this.#troubles.notAnswered(name, error);
    const message = upstreamFailure(name, error, {
      sent: this.#upstream !== undefined,
      changing: !this.#record.isReading,
    });
    this.#record
      .outcome({ result: 'failure', message, statusCode: 502 })
      .then(() => {
        sendRefusal(this.#response, {
          code: 502,
          reason: 'InternalError',
          message,
        });
        discardRest(this.#request);
        this.#resolve();
      })
      .catch(failure => this.#unrecorded(failure));
  }

  #clientGone(): void {
    if (this.#state === 'over') {
      return;
    }
    clearTimeout(this.#holdTimer);
    this.#state = 'over';
    this.#upstream?.abort();
    if (this.#record.hasOutcome) {
      this.#resolve();
      return;
    }
    this.#record
      .outcome({ result: 'failure', message: CLIENT_GONE })
      .then(this.#resolve, error => this.#unrecorded(error));
  }

  #fail(error: Error): void {
    this.#state = 'over';
    this.#upstream?.abort();
    this.#unrecorded(error);
  }

  #unrecorded(error: Error): void {
    this.#reject(this.#upstream ? UnrecordedOutcomeError.of(error) : error);
  }
}
