import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestInfo } from '../request';
import type { RawHeaders, ResponseHead } from '../upstream';
import { discardRest } from './requestBody';
import {
  clientResponseHeaders,
  hasHeader,
  reasonPhrase,
  withoutHeader,
} from './upstreamHeaders';

/** Reviews that the cluster answers by its own roles alone. */
const CLUSTERS_VIEW = new Set([
  'selfsubjectaccessreviews',
  'selfsubjectrulesreviews',
]);
/** kubectl prints it above the answer. */
const CLUSTERS_VIEW_WARNING =
  '299 - "this is the answer of the cluster; the roles of the audit proxy may allow less"';

/** What the client gets of the head of an API server's answer. */
export function readAnswerHead(
  { statusCode, reason, headers }: ResponseHead,
  info: Pick<RequestInfo, 'resource'>,
): ResponseHead {
  const passed = clientResponseHeaders(headers);
  if (CLUSTERS_VIEW.has(info.resource)) {
    passed.push('Warning', CLUSTERS_VIEW_WARNING);
  }
  return { statusCode, reason, headers: passed };
}

/** Whether a body follows the head of an answer to this request. */
export function answerHasBody(
  request: IncomingMessage,
  statusCode: number,
): boolean {
  return request.method !== 'HEAD' && statusCode !== 204 && statusCode !== 304;
}

/** Gives the client the head of an answer as it came. */
export function writeAnswerHead(
  request: IncomingMessage,
  response: ServerResponse,
  { statusCode, reason, headers }: ResponseHead,
): void {
  const inChunks =
    answerHasBody(request, statusCode) &&
    response.useChunkedEncodingByDefault &&
    !hasHeader(headers, 'content-length');
  response.sendDate = false;
  response.writeHead(
    statusCode,
    reasonPhrase(reason),
    // Only chunks can announce trailers.
    inChunks ? headers : withoutHeader(headers, 'trailer'),
  );
}

/** Ends an answer, with its trailers where the client can get them. */
export function endAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  trailers: RawHeaders,
  lastChunk?: Buffer,
): void {
  if (trailers.length > 0) {
    response.addTrailers(
      Array.from({ length: trailers.length / 2 }, (_, i): [string, string] => [
        trailers[2 * i],
        trailers[2 * i + 1],
      ]),
    );
  }
  response.end(lastChunk);
  discardRest(request);
}
