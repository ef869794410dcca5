import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { v7 as uuidv7 } from 'uuid';
import { AuditLog, statusMessage } from '../audit';
import { ProtocolError } from '../protocol';
import { SessionKind, sessionKind, upgradeKind } from '../request';
import { askForUpgrade, UpgradeAnswer } from './askForUpgrade';
import { CallOutcome, CLIENT_GONE } from './CallRecord';
import { Refusal, sendRefusal } from './kubernetesStatus';
import { readStart, relayUpgradeRefusal } from './relayUpgradeRefusal';
import type { RequestContext } from './RequestContext';
import { hasBody } from './requestBody';
import { respondOnSocket } from './respondOnSocket';
import type { Session } from './Session';
import type { Sessions } from './Sessions';
import { clientResponseHeaders } from './upstreamHeaders';
import { WaitingClient } from './WaitingClient';

function switchingProtocols(head: IncomingMessage): Buffer {
  const lines = [
    `HTTP/1.1 101 ${head.statusMessage}`,
    'Connection: Upgrade',
    `Upgrade: ${head.headers.upgrade}`,
  ];
  const headers = clientResponseHeaders(head.rawHeaders);
  for (let i = 0; i < headers.length; i += 2) {
    lines.push(`${headers[i]}: ${headers[i + 1]}`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

/** What no upgrade may have, whatever the roles say. */
function malformed(
  request: IncomingMessage,
  kind: SessionKind | 'other',
): Refusal | undefined {
  const refuse = (message: string): Refusal => ({
    code: 400,
    reason: 'BadRequest',
    message,
  });
  if (hasBody(request)) {
    // Where it ends and the new protocol begins is anybody's guess.
    return refuse('a request to upgrade the connection cannot have a body');
  }
  return kind !== 'other' && upgradeKind(request.headers) === 'other'
    ? refuse(
        `${kind} is carried by websocket or SPDY/3.1, not by "${request.headers.upgrade}"`,
      )
    : undefined;
}

/**
 * Forwards a request to upgrade the connection and, when the API server agrees,
 * becomes the session between the two. A refused upgrade is one failed call;
 * an accepted one is a session with a row at its start and one at its end.
 *
 * @throws SpoolError when it could not be audited and nothing was answered
 */
export async function forwardUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  firstBytes: Buffer,
  context: RequestContext,
  options: { audit: AuditLog; sessions: Sessions },
): Promise<void> {
  const { audit, sessions } = options;
  const { head } = context;
  const kind = sessionKind(context.info) ?? 'other';
  const row = (outcome: CallOutcome) => ({
    ...head,
    ...outcome,
    latencyMs: context.stopwatch.elapsedMs,
  });
  const failed = (message: string, statusCode?: number) =>
    row({ result: 'failure', message, statusCode });
  const answerWith = (refusal: Refusal) =>
    respondOnSocket(request, socket, response =>
      sendRefusal(response, refusal),
    );

  const refusal = malformed(request, kind) ?? sessions.refusal(context, kind);
  if (refusal) {
    await audit.record(failed(refusal.message, refusal.code));
    answerWith(refusal);
    return;
  }

  const client = WaitingClient.create(socket, firstBytes);
  await audit.attempt(head);
  const fail = async (code: number, message: string) => {
    await audit.outcome(failed(message, code));
    answerWith({ code, reason: 'ServiceUnavailable', message });
  };
  let answer: UpgradeAnswer;
  try {
    answer = await askForUpgrade(request, context, client.gone);
  } catch (error) {
    if (client.gone.aborted) {
      await audit.outcome(failed(CLIENT_GONE));
      socket.destroy();
      return;
    }
    await fail(502, (error as Error).message);
    return;
  }

  const { head: upstream, connection } = answer;
  if (!answer.firstBytes) {
    const start = await readStart(upstream);
    await audit.outcome(
      failed(
        statusMessage(start, upstream.statusMessage ?? ''),
        upstream.statusCode,
      ),
    );
    respondOnSocket(request, socket, response => {
      response.once('close', () => connection.destroy());
      relayUpgradeRefusal(upstream, start, response);
    });
    return;
  }

  const sessionId = uuidv7();
  let session: Session;
  try {
    session = sessions.open({
      context,
      kind,
      sessionId,
      transport: upgradeKind(request.headers) === 'spdy' ? 'spdy' : 'websocket',
      subprotocol:
        upstream.headers['sec-websocket-protocol'] ??
        [upstream.headers['x-stream-protocol-version']].flat()[0],
    });
  } catch (error) {
    connection.destroy();
    await fail(
      error instanceof ProtocolError ? 502 : 503,
      `the session cannot be recorded, so it does not begin: ${
        (error as Error).message
      }`,
    );
    return;
  }
  try {
    await audit.outcome({
      ...row({
        result: 'success',
        message: 'session started',
        statusCode: 101,
      }),
      sessionId,
      recordingId: session.recordingId,
    });
  } catch (error) {
    connection.destroy();
    await session.cancel();
    throw error;
  }
  socket.write(switchingProtocols(upstream));
  session.run({
    client: socket,
    upstream: connection,
    fromClient: client.release(),
    fromUpstream: answer.firstBytes,
  });
}
