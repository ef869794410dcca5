import type { IncomingMessage, ServerResponse } from 'node:http';
import { discardRest } from './requestBody';
import {
  hasHeader,
  RawHeaders,
  reasonPhrase,
  withoutHeader,
} from './upstreamHeaders';

/** The head of an API server's answer. */
export type AnswerHead = {
  statusCode: number;
  reason: string;
  headers: RawHeaders;
};

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
  { statusCode, reason, headers }: AnswerHead,
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
