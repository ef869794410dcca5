import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { AuditLog } from '../audit';
import { CallRecord, CLIENT_GONE } from './CallRecord';
import { Exchange } from './Exchange';
import { RequestContext, takeOtherRoute } from './RequestContext';
import { requestBody } from './requestBody';
import { upstreamRequestHeaders } from './upstreamHeaders';
import type { UpstreamTroubles } from './UpstreamTroubles';

/**
 * Forwards one call and its answer. A changing call goes out after its attempt
 * is on the disk; no answer's head is released before its outcome is in the
 * spool.
 *
 * @throws SpoolError when nothing was answered because it could not be audited
 */
export async function forwardRequest(
  request: IncomingMessage,
  response: ServerResponse,
  context: RequestContext,
  options: {
    audit: AuditLog;
    /** Bytes of a body that are parsed for the audit at the most. */
    maxParsedBody: number;
    troubles: UpstreamTroubles;
  },
): Promise<void> {
  const record = CallRecord.create(request, context, options);
  let body;
  try {
    body = await requestBody(request, record.body);
  } catch {
    await record.outcome({ result: 'failure', message: CLIENT_GONE });
    return;
  }
  await record.attempt(!(body instanceof Readable));
  if (request.socket.destroyed) {
    await record.outcome({ result: 'failure', message: CLIENT_GONE });
    return;
  }
  const { troubles } = options;
  await Exchange.create({
    request,
    response,
    body,
    target: context,
    headers: () => upstreamRequestHeaders(request, context),
    takeOtherRoute: tried => takeOtherRoute(context, tried),
    record,
    troubles,
  }).run();
}
