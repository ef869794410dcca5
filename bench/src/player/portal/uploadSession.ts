import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  RecordedSession,
  recordSession,
  sessionHeader,
} from '../session/recordSession';
import type { RunningPortal } from './RunningPortal';

const BYTES_PER_MB = 1_000_000;
/** How long the portal may take to index a recording, in milliseconds. */
const INDEXING_MS = 30 * 60_000;
const POLL_MS = 500;
/** Of how sessions are made: another one makes them anew. */
const GENERATION = 2;

const sessionSchema = z.object({
  id: z.string(),
  castBytes: z.number(),
  eventCount: z.number(),
  duration: z.number(),
  marks: z.array(z.object({ text: z.string(), time: z.number() })),
});

const timelineSchema = z.object({ isComplete: z.boolean() });

/**
 * A recording of the size in the portal, uploaded as a proxy does it and
 * indexed; made only when it is not there from an earlier run.
 *
 * @param options - `directory`: the portal's
 */
export async function uploadSession(options: {
  portal: RunningPortal;
  directory: string;
  sizeMb: number;
  seed: number;
}): Promise<RecordedSession> {
  const { portal, directory, sizeMb, seed } = options;
  const id = recordingId(`${GENERATION}/${seed}/${sizeMb}`);
  const file = join(directory, `${id}.json`);
  if (existsSync(file)) {
    // A newer portal may have to make its index anew.
    await untilIndexed(portal, id);
    return sessionSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  }
  console.log(`making a recording of ${sizeMb} MB …`);
  const frames = recordSession({
    header: sessionHeader(id),
    castBytes: sizeMb * BYTES_PER_MB,
    seed,
  });
  const path = `${portal.api}/v1/ingest/recordings/${id}`;
  let chunkCount = 0;
  let frame = await frames.next();
  for (; !frame.done; frame = await frames.next()) {
    await send(portal, `${path}/chunks/${chunkCount++}`, 'PUT', {
      type: 'application/octet-stream',
      body: frame.value.bytes,
    });
  }
  const session = frame.value;
  const durationMs = Math.round(session.duration / 1000);
  await send(portal, `${path}/complete`, 'POST', {
    type: 'application/json',
    body: JSON.stringify({
      status: 'complete',
      endedAt: new Date(
        Date.parse(sessionHeader(id).startedAt) + durationMs,
      ).toISOString(),
      durationMs,
      exitCode: 0,
      chunkCount,
    }),
  });
  await untilIndexed(portal, id);
  writeFileSync(file, JSON.stringify(session));
  return session;
}

async function send(
  portal: RunningPortal,
  url: string,
  method: string,
  content: { type: string; body: Uint8Array | string },
): Promise<void> {
  const response = await fetch(url, {
    method,
    headers: { ...portal.agentHeaders, 'content-type': content.type },
    body: content.body,
  });
  const answer = await response.text();
  if (!response.ok) {
    throw new Error(`${url} answered ${response.status}: ${answer}`);
  }
}

async function untilIndexed(portal: RunningPortal, id: string): Promise<void> {
  const headers = { authorization: `Bearer ${await portal.signIn()}` };
  const deadline = Date.now() + INDEXING_MS;
  while (Date.now() < deadline) {
    const response = await fetch(`${portal.api}/v1/recordings/${id}/timeline`, {
      headers,
    });
    if (response.ok && timelineSchema.parse(await response.json()).isComplete) {
      return;
    }
    await new Promise(resolve => {
      setTimeout(resolve, POLL_MS);
    });
  }
  throw new Error(`recording ${id} is not indexed in time`);
}

/** A UUID made of a text. */
function recordingId(text: string): string {
  const digits = createHash('sha256').update(text).digest('hex');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `7${digits.slice(13, 16)}`,
    `9${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-');
}
