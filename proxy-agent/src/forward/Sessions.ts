import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import {
  durationToMilliseconds,
  RecordingHeader,
  RequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import type { AuditLog } from '../audit';
import { createRemoteCommandTap } from '../protocol';
import { detectCopy, SessionRecording } from '../recording';
import { execParameters, SessionKind } from '../request';
import type { RecordingStore, SessionLedger } from '../spool';
import type { Refusal } from './kubernetesStatus';
import { recordedCommand } from './recordedCommand';
import type { RequestContext } from './RequestContext';
import type { RunningCalls } from './RunningCalls';
import { Session } from './Session';
import { SessionPlace, SessionQuota } from './SessionQuota';
import { Stopwatch } from './Stopwatch';

/** `20261122T014741Z` */
const basicTimestamp = (milliseconds: number) =>
  `${new Date(milliseconds).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;

/** All sessions of the proxy: opens them, and ends them when the proxy must. */
export class Sessions {
  readonly #audit: AuditLog;
  readonly #ledger: SessionLedger;
  readonly #store: RecordingStore;
  readonly #maxSessionBytes: number;
  readonly #quota: SessionQuota;
  readonly #running: RunningCalls;
  readonly #onFrame: () => void;
  readonly #logger: Logger;
  readonly #open = new Set<Session>();
  readonly #failedRecordings = new Map<string, number>();

  static create(options: {
    audit: AuditLog;
    ledger: SessionLedger;
    store: RecordingStore;
    /** A longer recording ends its session. */
    maxSessionBytes: number;
    /** Sessions that one user may have at once. */
    sessionsPerUser: number;
    running: RunningCalls;
    /** There is something to deliver. */
    onFrame: () => void;
    logger: Logger;
  }): Sessions {
    return new Sessions(options);
  }

  private constructor(options: {
    audit: AuditLog;
    ledger: SessionLedger;
    store: RecordingStore;
    maxSessionBytes: number;
    sessionsPerUser: number;
    running: RunningCalls;
    onFrame: () => void;
    logger: Logger;
  }) {
    this.#audit = options.audit;
    this.#ledger = options.ledger;
    this.#store = options.store;
    this.#maxSessionBytes = options.maxSessionBytes;
    this.#quota = SessionQuota.create(options.sessionsPerUser);
    this.#running = options.running;
    this.#onFrame = options.onFrame;
    this.#logger = options.logger;
  }

  /** From now on one user may have so many at once. */
  use(limits: { sessionsPerUser: number }): void {
    this.#quota.perUser = limits.sessionsPerUser;
  }

  /** Sessions that ended because they could not be recorded any more, by cluster. */
  get failedRecordings(): ReadonlyMap<string, number> {
    return this.#failedRecordings;
  }

  /** Sessions that run. */
  get count(): number {
    return this.#open.size;
  }

  /** A place for a session that is about to begin, or why it cannot now. */
  admit(
    context: RequestContext,
    kind: SessionKind | 'other',
  ): { place: SessionPlace } | { refusal: Refusal } {
    const full = this.#isRecorded(context, kind) && this.#store.full;
    if (full) {
      return {
        refusal: {
          code: 503,
          reason: 'ServiceUnavailable',
          message: `the session cannot be recorded, so it does not begin: ${full}`,
        },
      };
    }
    const { sub, kubernetesUser } = context.claims;
    const place = this.#quota.take(sub);
    return place
      ? { place }
      : {
          refusal: {
            code: 429,
            reason: 'TooManyRequests',
            message: `${kubernetesUser} has ${
              this.#quota.perUser
            } sessions open, and one user may have no more on this proxy (limits.sessionsPerUser); end one and try again`,
          },
        };
  }

  /**
   * @throws SpoolError when its recording cannot begin
   * @throws ProtocolError when nothing can read along what the API server chose
   */
  open(options: {
    context: RequestContext;
    kind: SessionKind | 'other';
    /** Given back when the session has ended. */
    place: SessionPlace;
    sessionId: string;
    transport: 'websocket' | 'spdy';
    subprotocol: string | undefined;
  }): Session {
    const { context, kind, place, sessionId } = options;
    const recordingId = this.#isRecorded(context, kind) ? uuidv7() : undefined;
    const { session: limits } = context.role.role;
    const parameters = execParameters(context.url);
    const startedAt = Date.now();
    const stopwatch = Stopwatch.start();
    // One id for the end, whoever writes it: see `recordInterrupted`.
    const endRow: RequestAuditEvent = {
      ...context.head,
      id: uuidv7(),
      result: 'success',
      message: 'session ended',
      sessionId,
      recordingId,
    };

    const session: Session = Session.create({
      recordingId,
      tap:
        kind === 'exec' || kind === 'attach'
          ? createRemoteCommandTap({
              transport: options.transport,
              subprotocol: options.subprotocol,
            })
          : undefined,
      recordInput: limits.recordInput,
      tty: parameters.tty,
      idleTimeoutMs: durationToMilliseconds(limits.idleTimeout),
      maxDurationMs:
        limits.maxDuration && durationToMilliseconds(limits.maxDuration),
      // In a stream of a program it would be a line of the program's.
      banner:
        parameters.tty && recordingId !== undefined ? limits.banner : undefined,
      copy: kind === 'exec' ? detectCopy(parameters) : undefined,
      logger: this.#logger.child({ sessionId }),
      startRecording:
        recordingId === undefined
          ? undefined
          : onFailure =>
              SessionRecording.start({
                store: this.#store,
                maxBytes: this.#maxSessionBytes,
                header: this.#header(context, {
                  kind: kind === 'attach' ? 'attach' : 'exec',
                  recordingId,
                  sessionId,
                  startedAt,
                }),
                onFrame: this.#onFrame,
                onFailure,
              }),
      onEnd: async end => {
        this.#open.delete(session);
        ended();
        place.free();
        if (!end) {
          this.#ledger.end(sessionId);
          return;
        }
        if (end.truncated && recordingId !== undefined) {
          const { clusterName } = context.head;
          const failed = this.#failedRecordings.get(clusterName) ?? 0;
          this.#failedRecordings.set(clusterName, failed + 1);
        }
        const seconds = (stopwatch.elapsedMs / 1000).toFixed(1);
        const exit =
          end.exitCode === undefined ? '' : `, exit code ${end.exitCode}`;
        await this.#audit.record({
          ...endRow,
          executedAt: new Date().toISOString(),
          result: end.truncated ? 'failure' : 'success',
          message: `session ended after ${seconds} s${exit}: ${end.reason}`,
          latencyMs: stopwatch.elapsedMs,
        });
        this.#ledger.end(sessionId);
      },
    });
    const ended = this.#running.begin({
      claims: context.claims,
      end: reason => session.end(reason),
    });
    try {
      this.#ledger.begin(sessionId, endRow);
    } catch (error) {
      session.cancel();
      throw error;
    }
    this.#open.add(session);
    return session;
  }

  /** Ends all sessions with a line in their users' terminals; resolves when their ends are recorded. */
  async endAll(reason: string): Promise<void> {
    await Promise.all([...this.#open].map(session => session.end(reason)));
  }

  /**
   * Writes the ends of the sessions that ran when the proxy was killed. One that
   * was killed after it had written an end, and before it forgot the session,
   * has that session here, too. The id of the end is as old as the session, so
   * the portal takes what is written now for the same row, of which the first
   * one stays. To look for the row in the spool would not do: what the portal
   * has acknowledged is not there any more.
   */
  async recordInterrupted(): Promise<void> {
    for (const event of this.#ledger.open()) {
      await this.#audit.record({
        ...event,
        executedAt: new Date().toISOString(),
        result: 'failure',
        message: 'session ended: the proxy stopped during the session',
      });
      if (event.sessionId) {
        this.#ledger.end(event.sessionId);
      }
    }
  }

  #isRecorded(context: RequestContext, kind: SessionKind | 'other'): boolean {
    return (
      (kind === 'exec' || kind === 'attach') &&
      context.role.role.session.record &&
      context.cluster.config.audit.recordings
    );
  }

  #header(
    context: RequestContext,
    session: {
      kind: 'exec' | 'attach';
      recordingId: string;
      sessionId: string;
      startedAt: number;
    },
  ): Omit<RecordingHeader, 'size'> {
    const { head, claims } = context;
    const parameters = execParameters(context.url);
    return {
      id: session.recordingId,
      sessionId: session.sessionId,
      name: `${claims.kubernetesUser}_${basicTimestamp(session.startedAt)}`,
      startedAt: new Date(session.startedAt).toISOString(),
      userName: head.userName,
      userEmail: head.userEmail,
      userEntityRef: head.userEntityRef,
      clientIp: head.clientIp,
      clientName: head.clientName,
      clusterName: head.clusterName,
      clusterEndpoint: head.clusterEndpoint,
      tunnelAgentName: head.tunnelAgentName,
      tunnelTag: head.tunnelTag,
      role: head.role,
      kubernetesGroups: head.kubernetesGroups,
      namespace: head.namespace ?? '',
      podName: head.resourceName ?? '',
      container: parameters.container || undefined,
      kind: session.kind,
      command: recordedCommand(parameters.command),
      tty: parameters.tty,
      connectedFrom: head.connectedFrom,
    };
  }
}
