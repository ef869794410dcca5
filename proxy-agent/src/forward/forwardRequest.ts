import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import {
  AuditLog,
  describeBody,
  MAX_STATUS_BYTES,
  RequestBodyCapture,
  statusMessage,
} from '../audit';
import { sendRefusal } from './kubernetesStatus';
import type { RequestContext } from './RequestContext';
import {
  clientResponseHeaders,
  upstreamRequestHeaders,
} from './upstreamHeaders';

const READING_VERBS = new Set(['get', 'list', 'watch', 'head', 'options']);

/** What {@link forwardRequest} needs beside the request. */
export type ForwardOptions = {
  audit: AuditLog;
  maxParsedBody: number;
};

/** A body of so many bytes at the most is read before it is sent on: that is cheaper than a stream. */
const MAX_BUFFERED_BODY_BYTES = 64 * 1024;

/** The body as it streams by; each chunk is kept for the audit before it goes on. */
async function* captured(
  request: IncomingMessage,
  capture: RequestBodyCapture,
): AsyncIterable<Buffer> {
  for await (const chunk of request) {
    capture.push(chunk);
    yield chunk;
  }
}

/**
 * The body to send on, if there is one.
 *
 * @throws Error when the client goes away while a short body is read
 */
async function requestBody(
  request: IncomingMessage,
  capture: RequestBodyCapture,
): Promise<Buffer | Readable | undefined> {
  const chunked = request.headers['transfer-encoding'] !== undefined;
  const length = Number(request.headers['content-length'] ?? 0);
  if (!chunked && length === 0) {
    return undefined;
  }
  const stream = captured(request, capture);
  if (chunked || length > MAX_BUFFERED_BODY_BYTES) {
    return Readable.from(stream, { objectMode: false });
  }
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function hasContentLength(headers: readonly string[]): boolean {
  return headers.some(
    (name, i) => i % 2 === 0 && name.toLowerCase() === 'content-length',
  );
}

const toStrings = (raw: Dispatcher.DispatchController['rawHeaders']) =>
  Array.isArray(raw)
    ? raw.map(value =>
        typeof value === 'string' ? value : value.toString('latin1'),
      )
    : [];

/**
 * Forwards one call and its answer, both as streams with backpressure. A
 * mutating call goes out after its attempt is on the disk; no answer's head is
 * released before its outcome is in the spool.
 *
 * @throws SpoolError when nothing was answered because it could not be audited
 */
export async function forwardRequest(
  request: IncomingMessage,
  response: ServerResponse,
  context: RequestContext,
  options: ForwardOptions,
): Promise<void> {
  const { cluster, head, info } = context;
  const settings = cluster.config.audit;
  const { audit } = options;
  const mutating = !READING_VERBS.has(info.verb);
  const recorded =
    settings.verbs === 'all' || settings.verbs.some(verb => verb === info.verb);
  const capture = RequestBodyCapture.create(
    settings.bodies ? options.maxParsedBody : 0,
  );
  const body = await requestBody(request, capture);
  if (mutating && recorded) {
    await audit.attempt(head);
  }
  const writeOutcome = async (
    statusCode: number | undefined,
    message: string,
    result: 'success' | 'failure',
  ) => {
    if (!recorded) {
      return;
    }
    const event = {
      ...head,
      ...(settings.bodies &&
        describeBody(capture, request.headers['content-type'], info)),
      result,
      message,
      statusCode,
      latencyMs: Date.now() - context.startedAt,
    };
    await (mutating ? audit.outcome(event) : audit.record(event));
  };

  await new Promise<void>((resolve, reject) => {
    let upstream: Dispatcher.DispatchController | undefined;
    let finished = false;
    let released = false;
    let outcomeBegun = false;
    /** Of an upstream error: what is read before its outcome is written. */
    let held: Buffer[] | undefined;
    let heldBytes = 0;
    let release: ((complete: boolean) => void) | undefined;

    const abortUpstream = () => {
      if (finished) {
        return;
      }
      finished = true;
      upstream?.abort(new Error('the client has gone'));
      if (outcomeBegun) {
        resolve();
        return;
      }
      writeOutcome(
        undefined,
        'the client closed the connection before it was answered',
        'failure',
      ).then(resolve, reject);
    };
    response.once('close', abortUpstream);
    response.on('drain', () => upstream?.resume());

    const fail = (error: Error) => {
      finished = true;
      upstream?.abort(error);
      reject(error);
    };
    const writeBody = (chunk: Buffer) => {
      if (!response.write(chunk)) {
        upstream?.pause();
      }
    };

    cluster.dispatcher.dispatch(
      {
        method: (request.method ?? 'GET') as Dispatcher.HttpMethod,
        path: `${cluster.basePath}${context.url}`,
        headers: upstreamRequestHeaders(request.rawHeaders, {
          host: cluster.host,
          authorization: cluster.authorization(),
          impersonation: context.impersonation,
          clientIp: context.clientIp,
          auditId: context.id,
        }),
        body,
      },
      {
        onRequestStart(controller) {
          upstream = controller;
          if (finished) {
            controller.abort(new Error('the client has gone'));
          }
        },
        onResponseStart(controller, statusCode, _headers, statusText = '') {
          if (statusCode < 200) {
            return;
          }
          const rawHeaders = clientResponseHeaders(
            toStrings(controller.rawHeaders),
          );
          const isError = statusCode >= 400;
          release = complete => {
            release = undefined;
            outcomeBegun = true;
            controller.pause();
            const start = held ?? [];
            held = undefined;
            writeOutcome(
              statusCode,
              isError
                ? statusMessage(Buffer.concat(start), statusText)
                : statusText,
              isError ? 'failure' : 'success',
            ).then(() => {
              if (finished) {
                return;
              }
              released = true;
              response.sendDate = false;
              response.writeHead(statusCode, statusText, rawHeaders);
              start.forEach(chunk => response.write(chunk));
              if (complete) {
                finished = true;
                response.end();
                resolve();
                return;
              }
              if (!hasContentLength(rawHeaders)) {
                // A watch may stay silent for long: its head must not wait.
                response.flushHeaders();
              }
              controller.resume();
            }, fail);
          };
          if (isError) {
            held = [];
          } else {
            release(false);
          }
        },
        onResponseData(_controller, chunk) {
          if (!held) {
            writeBody(chunk);
            return;
          }
          held.push(chunk);
          heldBytes += chunk.length;
          if (heldBytes >= MAX_STATUS_BYTES) {
            release?.(false);
          }
        },
        onResponseEnd(_controller, trailers) {
          if (release) {
            release(true);
            return;
          }
          finished = true;
          if (Object.keys(trailers).length > 0) {
            response.addTrailers(
              Object.entries(trailers).flatMap(([name, value]) =>
                [value ?? []]
                  .flat()
                  .map((item): [string, string] => [name, item]),
              ),
            );
          }
          response.end();
          resolve();
        },
        onResponseError(_controller, error) {
          if (finished) {
            return;
          }
          finished = true;
          if (released) {
            // The head is out: only a broken connection tells the client that the answer is not whole.
            response.destroy();
            resolve();
            return;
          }
          outcomeBegun = true;
          const message = `the API server of cluster "${cluster.name}" cannot be reached: ${error.message}`;
          writeOutcome(502, message, 'failure').then(() => {
            sendRefusal(response, {
              code: 502,
              reason: 'ServiceUnavailable',
              message,
            });
            resolve();
          }, reject);
        },
      },
    );
  });
}
