import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { MAX_STATUS_BYTES } from '../audit';
import { STATUS_WAIT_MS } from './kubernetesStatus';
import { clientResponseHeaders } from './upstreamHeaders';

/** The beginning of an error's body, for the message in it: as much as comes soon. */
export async function readStart(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  await new Promise<void>(resolve => {
    const done = () => {
      clearTimeout(timer);
      answer.off('data', keep).off('end', done).off('close', done).pause();
      resolve();
    };
    const keep = (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= MAX_STATUS_BYTES) {
        done();
      }
    };
    const timer = setTimeout(done, STATUS_WAIT_MS);
    answer.on('data', keep).on('end', done).on('close', done);
  });
  return Buffer.concat(chunks);
}

/** Gives the client an API server's refusal of an upgrade, as it came. */
export function relayUpgradeRefusal(
  answer: IncomingMessage,
  start: Buffer,
  response: ServerResponse,
): void {
  response.sendDate = false;
  response.writeHead(
    answer.statusCode ?? 502,
    answer.statusMessage,
    clientResponseHeaders(answer.rawHeaders),
  );
  response.write(start);
  if (answer.readableEnded) {
    response.end();
  } else {
    // Destroys the response, too, when the answer breaks off.
    pipeline(answer, response, () => {});
  }
}
