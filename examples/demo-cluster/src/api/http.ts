import { randomUUID } from 'node:crypto';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';
import { isJsonObject, Json, JsonObject } from '../json';
import { decodeProtobuf } from './decodeProtobuf';
import { StatusError } from './StatusError';

/** The API server's limit. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** Reads a JSON or protobuf body; `{}` when there is none. Throws a 400, 413 or 415. */
export async function readJson(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    // What is too large is read to its end all the same: who writes gets the answer.
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (size > MAX_BODY_BYTES) {
    throw StatusError.create(
      413,
      'RequestEntityTooLarge',
      `Request entity too large: limit is ${MAX_BODY_BYTES}`,
    );
  }
  if (size === 0) return {};
  const body = Buffer.concat(chunks);
  if (mediaType(request) === 'application/vnd.kubernetes.protobuf') {
    return decodeProtobuf(body);
  }
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw StatusError.badRequest('the body is not JSON');
  }
}

export async function readObject(
  request: IncomingMessage,
): Promise<JsonObject> {
  const body = await readJson(request);
  if (!isJsonObject(body)) {
    throw StatusError.badRequest('the body is not an object');
  }
  return body;
}

/** The content type without its parameters. */
export function mediaType(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? '').split(';')[0].trim();
}

export function sendJson(
  response: ServerResponse,
  code: number,
  body: JsonObject,
): void {
  send(response, code, 'application/json', JSON.stringify(body));
}

export function send(
  response: ServerResponse,
  code: number,
  contentType: string,
  body: string | Buffer,
): void {
  response.writeHead(code, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** Answers an upgrade that is refused, and ends its connection. */
export function refuseUpgrade(socket: Duplex, error: StatusError): void {
  const body = JSON.stringify(error.toStatus());
  socket.end(
    [
      `HTTP/1.1 ${error.code} ${error.reason}`,
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}

/** The id under which a caller knows this request, as the API server echoes it. */
export function auditId(request: IncomingMessage): string {
  return request.headersDistinct['audit-id']?.[0] ?? randomUUID();
}

/** What was thrown, as an answer. */
export function toStatusError(error: unknown): StatusError {
  if (error instanceof StatusError) return error;
  if (error instanceof URIError) return StatusError.badRequest('invalid path');
  return StatusError.create(
    500,
    'InternalError',
    `Internal error occurred: ${error}`,
  );
}
