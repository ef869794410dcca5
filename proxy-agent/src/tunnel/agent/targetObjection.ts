import type { IncomingMessage } from 'node:http';
import { InvalidRequestUrlError, parseRequestUrl } from '../../request';

/**
 * Why an agent sends a request on to no API server, whoever it is for: what
 * stands in front of that would answer it in another way, or lead it somewhere
 * else than to where the agent is configured for.
 */
export function targetObjection({
  method,
  url = '',
}: Pick<IncomingMessage, 'method' | 'url'>): string | undefined {
  if (method === 'TRACE') {
    return 'the tunnel agent forwards no TRACE: the answer would tell its credential';
  }
  try {
    parseRequestUrl(url);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidRequestUrlError) {
      return `the tunnel agent forwards no such call: ${error.message}`;
    }
    throw error;
  }
}
