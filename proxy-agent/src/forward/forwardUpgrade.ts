import {
  IncomingMessage,
  request as httpRequest,
  ServerResponse,
} from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { v7 as uuidv7 } from 'uuid';
import { AuditLog, MAX_STATUS_BYTES, statusMessage } from '../audit';
import { SessionKind, sessionKind, upgradeKind } from '../request';
import { sendRefusal } from './kubernetesStatus';
import type { RequestContext } from './RequestContext';
import { respondOnSocket } from './respondOnSocket';
import type { Sessions } from './Sessions';
import {
  clientResponseHeaders,
  upstreamRequestHeaders,
} from './upstreamHeaders';

/** How long an API server may take to answer an upgrade, in milliseconds: it may have to pull strings at a kubelet. */
const HANDSHAKE_TIMEOUT_MS = 60_000;

type Handshake =
  | {
      upgraded: true;
      response: IncomingMessage;
      socket: Socket;
      firstBytes: Buffer;
    }
  | { upgraded: false; response: IncomingMessage };

/** Asks the API server for the upgrade that the client asked for. */
function handshake(
  request: IncomingMessage,
  connection: Socket,
  context: RequestContext,
): Promise<Handshake> {
  const { cluster } = context;
  const headers = upstreamRequestHeaders(request.rawHeaders, {
    host: cluster.host,
    authorization: cluster.authorization(),
    impersonation: context.impersonation,
    clientIp: context.clientIp,
    auditId: context.id,
  });
  // An extension would compress what the tap has to read.
  const withoutExtensions: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i].toLowerCase() !== 'sec-websocket-extensions') {
      withoutExtensions.push(headers[i], headers[i + 1]);
    }
  }
  return new Promise((resolve, reject) => {
    const upstream = httpRequest({
      createConnection: () => connection,
      method: request.method,
      path: `${cluster.basePath}${context.url}`,
      setHost: false,
      timeout: HANDSHAKE_TIMEOUT_MS,
      headers: [
        ...withoutExtensions,
        'Connection',
        'Upgrade',
        'Upgrade',
        request.headers.upgrade ?? '',
      ],
    });
    upstream.once('upgrade', (response, _socket, firstBytes) => {
      connection.setTimeout(0);
      resolve({ upgraded: true, response, socket: connection, firstBytes });
    });
    upstream.once('response', response =>
      resolve({ upgraded: false, response }),
    );
    upstream.once('timeout', () =>
      upstream.destroy(new Error('the API server did not answer in time')),
    );
    upstream.once('error', reject);
    upstream.end();
  });
}

/** The beginning of a body, for the message in it. */
async function readStart(response: IncomingMessage): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  let size = 0;
  while (size < MAX_STATUS_BYTES) {
    const chunk: Buffer | null = response.read();
    if (chunk) {
      chunks.push(chunk);
      size += chunk.length;
    } else if (response.readableEnded || response.destroyed) {
      break;
    } else {
      await new Promise<void>(resolve => {
        const go = () => {
          response.off('readable', go).off('end', go).off('close', go);
          resolve();
        };
        response.on('readable', go).on('end', go).on('close', go);
      });
    }
  }
  return chunks;
}

function relayRefusal(
  response: ServerResponse,
  upstream: IncomingMessage,
  start: Buffer[],
): void {
  response.sendDate = false;
  response.writeHead(
    upstream.statusCode ?? 502,
    upstream.statusMessage,
    clientResponseHeaders(upstream.rawHeaders),
  );
  start.forEach(chunk => response.write(chunk));
  if (upstream.readableEnded || upstream.destroyed) {
    response.end();
  } else {
    upstream.pipe(response);
  }
}

function switchingProtocols(upstream: IncomingMessage): string {
  const lines = [
    `HTTP/1.1 101 ${upstream.statusMessage}`,
    'Connection: Upgrade',
    `Upgrade: ${upstream.headers.upgrade}`,
  ];
  const headers = clientResponseHeaders(upstream.rawHeaders);
  for (let i = 0; i < headers.length; i += 2) {
    lines.push(`${headers[i]}: ${headers[i + 1]}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
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
  const { cluster, head, info } = context;
  const kind: SessionKind | 'other' = sessionKind(info) ?? 'other';
  const refusal = sessions.refusal(context, kind);
  const latencyMs = () => Date.now() - context.startedAt;
  if (refusal) {
    await audit.record({
      ...head,
      result: 'failure',
      message: refusal.message,
      statusCode: refusal.code,
      latencyMs: latencyMs(),
    });
    respondOnSocket(request, socket, response =>
      sendRefusal(response, refusal),
    );
    return;
  }
  await audit.attempt(head);

  let connection: Socket | undefined;
  let answer: Handshake;
  const clientGone = () => connection?.destroy();
  socket.once('close', clientGone);
  try {
    connection = await cluster.connect();
    answer = await handshake(request, connection, context);
  } catch (error) {
    connection?.destroy();
    const message = `the API server of cluster "${
      cluster.name
    }" cannot be reached: ${(error as Error).message}`;
    await audit.outcome({
      ...head,
      result: 'failure',
      message,
      statusCode: 502,
      latencyMs: latencyMs(),
    });
    respondOnSocket(request, socket, response =>
      sendRefusal(response, {
        code: 502,
        reason: 'ServiceUnavailable',
        message,
      }),
    );
    return;
  }

  const { response: upstream } = answer;
  if (!answer.upgraded) {
    const start = await readStart(upstream);
    await audit.outcome({
      ...head,
      result: 'failure',
      message: statusMessage(
        Buffer.concat(start),
        upstream.statusMessage ?? '',
      ),
      statusCode: upstream.statusCode,
      latencyMs: latencyMs(),
    });
    respondOnSocket(request, socket, response => {
      response.once('close', () => connection?.destroy());
      relayRefusal(response, upstream, start);
    });
    return;
  }

  const sessionId = uuidv7();
  const session = sessions.open({
    context,
    kind,
    sessionId,
    transport: upgradeKind(request.headers) === 'spdy' ? 'spdy' : 'websocket',
    subprotocol:
      upstream.headers['sec-websocket-protocol'] ??
      [upstream.headers['x-stream-protocol-version']].flat()[0],
  });
  try {
    await audit.outcome({
      ...head,
      result: 'success',
      message: 'session started',
      statusCode: 101,
      latencyMs: latencyMs(),
      sessionId,
      recordingId: session.recordingId,
    });
  } catch (error) {
    answer.socket.destroy();
    await session.cancel();
    throw error;
  }
  socket.off('close', clientGone);
  socket.write(switchingProtocols(upstream));
  session.run({
    client: socket,
    upstream: answer.socket,
    fromClient: firstBytes,
    fromUpstream: answer.firstBytes,
  });
}
