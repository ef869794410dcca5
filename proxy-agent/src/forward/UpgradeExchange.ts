import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { v7 as uuidv7 } from 'uuid';
import type { RequestAuditEvent } from 'backstage-plugin-kubernetes-audit-common';
import { AuditLog, statusMessage } from '../audit';
import { ProtocolError } from '../protocol';
import type { UpstreamRoute } from '../upstream';
import { SessionKind, sessionKind, upgradeKind } from '../request';
import {
  askForUpgrade,
  UnansweredUpgradeError,
  UpgradeAnswer,
} from './askForUpgrade';
import { CallOutcome, CLIENT_GONE } from './CallRecord';
import { Refusal, sendRefusal } from './kubernetesStatus';
import { readStart, relayUpgradeRefusal } from './relayUpgradeRefusal';
import { RequestContext, takeOtherRoute } from './RequestContext';
import { hasBody } from './requestBody';
import { respondOnSocket } from './respondOnSocket';
import type { Session } from './Session';
import type { SessionPlace } from './SessionQuota';
import type { Sessions } from './Sessions';
import { switchingProtocols } from './switchingProtocols';
import { UnrecordedOutcomeError } from './UnrecordedOutcomeError';
import { upstreamRequestHeaders } from './upstreamHeaders';
import type { UpstreamTroubles } from './UpstreamTroubles';
import { WaitingClient } from './WaitingClient';

type UpgradeOptions = {
  request: IncomingMessage;
  socket: Duplex;
  /** What came right behind the request. */
  firstBytes: Buffer;
  context: RequestContext;
  audit: AuditLog;
  sessions: Sessions;
  troubles: UpstreamTroubles;
};

/**
 * One request to upgrade the connection. When the API server agrees, it becomes
 * the session between the two. A refused upgrade is one failed call; an accepted
 * one is a session with a row at its start and one at its end.
 */
export class UpgradeExchange {
  readonly #request: IncomingMessage;
  readonly #socket: Duplex;
  readonly #client: WaitingClient;
  readonly #context: RequestContext;
  readonly #kind: SessionKind | 'other';
  readonly #audit: AuditLog;
  readonly #sessions: Sessions;
  readonly #troubles: UpstreamTroubles;

  static create(options: UpgradeOptions): UpgradeExchange {
    return new UpgradeExchange(options);
  }

  private constructor(options: UpgradeOptions) {
    this.#request = options.request;
    this.#socket = options.socket;
    this.#client = WaitingClient.create(options.socket, options.firstBytes);
    this.#context = options.context;
    this.#kind = sessionKind(options.context.info) ?? 'other';
    this.#audit = options.audit;
    this.#sessions = options.sessions;
    this.#troubles = options.troubles;
  }

  /**
   * Resolves when the session runs, or the client was answered or has gone.
   *
   * @throws SpoolError when it could not be audited and nothing was answered, an
   *   UnrecordedOutcomeError when the request was sent
   */
  async run(): Promise<void> {
    const objection = this.#objection();
    const admitted = objection
      ? { refusal: objection }
      : this.#sessions.admit(this.#context, this.#kind);
    if ('refusal' in admitted) {
      const { refusal } = admitted;
      await this.#audit.record(this.#failed(refusal.message, refusal.code));
      this.#refuse(refusal);
      return;
    }
    const { place } = admitted;
    let isRunning = false;
    try {
      isRunning = await this.#ask(place);
    } finally {
      if (!isRunning) {
        place.free();
      }
    }
  }

  /** @returns whether the session runs */
  async #ask(place: SessionPlace): Promise<boolean> {
    await this.#audit.attempt(this.#context.head);
    let answer: UpgradeAnswer;
    try {
      answer = await this.#askOnAnyRoute();
    } catch (error) {
      await this.#unanswered(error as Error);
      return false;
    }
    if (answer.firstBytes) {
      return await this.#becomeSession(answer, answer.firstBytes, place);
    }
    await this.#relayRefusal(answer);
    return false;
  }

  /** What has not reached the API server may take another way to it. */
  async #askOnAnyRoute(): Promise<UpgradeAnswer> {
    const tried = new Set<UpstreamRoute>();
    const { gone } = this.#client;
    for (;;) {
      try {
        return await askForUpgrade(
          this.#request,
          this.#context,
          () => upstreamRequestHeaders(this.#request, this.#context),
          gone,
        );
      } catch (error) {
        const mayGoElsewhere =
          error instanceof UnansweredUpgradeError &&
          !error.sent &&
          !gone.aborted;
        if (!mayGoElsewhere || !takeOtherRoute(this.#context, tried)) {
          throw error;
        }
      }
    }
  }

  /** What no upgrade may have, whatever the roles say. */
  #objection(): Refusal | undefined {
    const { headers } = this.#request;
    let message: string | undefined;
    if (hasBody(this.#request)) {
      // Where it ends and the new protocol begins is anybody's guess.
      message = 'a request to upgrade the connection cannot have a body';
    } else if (this.#kind !== 'other' && upgradeKind(headers) === 'other') {
      message = `${this.#kind} is carried by websocket or SPDY/3.1, not by "${
        headers.upgrade
      }"`;
    }
    return message ? { code: 400, reason: 'BadRequest', message } : undefined;
  }

  async #unanswered(error: Error): Promise<void> {
    const sent = !(error instanceof UnansweredUpgradeError) || error.sent;
    if (this.#client.gone.aborted) {
      await this.#outcome(this.#failed(CLIENT_GONE), sent);
      this.#socket.destroy();
      return;
    }
    const cause = error instanceof UnansweredUpgradeError ? error.cause : error;
    this.#troubles.notAnswered(this.#context.cluster.name, cause);
    await this.#fail(502, error.message, sent);
  }

  async #relayRefusal({ head, connection }: UpgradeAnswer): Promise<void> {
    this.#troubles.answered(this.#context.cluster.name, head.statusCode);
    const start = await readStart(head);
    await this.#outcome(
      this.#failed(
        statusMessage(start, head.statusMessage ?? ''),
        head.statusCode,
      ),
    );
    this.#client.release();
    respondOnSocket(this.#request, this.#socket, response => {
      response.once('close', () => connection.socket.destroy());
      relayUpgradeRefusal(head, start, response);
    });
  }

  async #becomeSession(
    { head, connection }: UpgradeAnswer,
    fromUpstream: Buffer,
    place: SessionPlace,
  ): Promise<boolean> {
    const sessionId = uuidv7();
    let session: Session;
    try {
      session = this.#sessions.open({
        context: this.#context,
        kind: this.#kind,
        place,
        sessionId,
        transport:
          upgradeKind(this.#request.headers) === 'spdy' ? 'spdy' : 'websocket',
        subprotocol:
          head.headers['sec-websocket-protocol'] ??
          [head.headers['x-stream-protocol-version']].flat()[0],
      });
    } catch (error) {
      connection.socket.destroy();
      await this.#fail(
        error instanceof ProtocolError ? 502 : 503,
        `the session cannot be recorded, so it does not begin: ${
          (error as Error).message
        }`,
      );
      return false;
    }
    try {
      await this.#outcome({
        ...this.#row({
          result: 'success',
          message: 'session started',
          statusCode: 101,
        }),
        sessionId,
        recordingId: session.recordingId,
      });
    } catch (error) {
      connection.socket.destroy();
      await session.cancel();
      throw error;
    }
    this.#socket.write(switchingProtocols(head));
    session.run({
      client: this.#socket,
      upstream: connection,
      fromClient: this.#client.release(),
      fromUpstream,
    });
    return true;
  }

  /** @param sent - whether the API server got the request */
  async #outcome(event: RequestAuditEvent, sent = true): Promise<void> {
    try {
      await this.#audit.outcome(event);
    } catch (error) {
      throw sent ? UnrecordedOutcomeError.of(error as Error) : error;
    }
  }

  #row(outcome: CallOutcome) {
    return {
      ...this.#context.head,
      ...outcome,
      latencyMs: this.#context.stopwatch.elapsedMs,
    };
  }

  #failed(message: string, statusCode?: number) {
    return this.#row({ result: 'failure', message, statusCode });
  }

  async #fail(code: number, message: string, sent = true): Promise<void> {
    await this.#outcome(this.#failed(message, code), sent);
    const reason = code === 503 ? 'ServiceUnavailable' : 'InternalError';
    this.#refuse({ code, reason, message });
  }

  #refuse(refusal: Refusal): void {
    this.#client.release();
    respondOnSocket(this.#request, this.#socket, response =>
      sendRefusal(response, refusal),
    );
  }
}
