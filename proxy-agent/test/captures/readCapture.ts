import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const END_OF_HEAD = '\r\n\r\n';

/** Some bytes of one side, as long as the other side did not speak. */
export interface CapturedChunk {
  from: 'client' | 'server';
  data: Buffer;
}

/** A captured connection: the HTTP heads, and what came after both. */
export interface Capture {
  request: string;
  response: string;
  chunks: CapturedChunk[];
}

/** Reads `<name>.jsonl`. */
export function readCapture(name: string): Capture {
  const text = readFileSync(join(__dirname, `${name}.jsonl`), 'utf8');
  const chunks: CapturedChunk[] = [];
  for (const line of text.trim().split('\n')) {
    const { d, b } = JSON.parse(line);
    const from = d === '>' ? 'client' : 'server';
    const data = Buffer.from(b, 'base64');
    const last = chunks[chunks.length - 1];
    if (last?.from === from) {
      last.data = Buffer.concat([last.data, data]);
    } else {
      chunks.push({ from, data });
    }
  }
  return {
    request: takeHead(chunks, 'client'),
    response: takeHead(chunks, 'server'),
    chunks: chunks.filter(chunk => chunk.data.length > 0),
  };
}

/** The names of all captures. */
export function captureNames(): string[] {
  return readdirSync(__dirname)
    .filter(file => file.endsWith('.jsonl'))
    .map(file => file.slice(0, -'.jsonl'.length));
}

/** The value of a header in a head. */
export function headerOf(head: string, name: string): string | undefined {
  const line = head
    .split('\r\n')
    .find(text => text.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line?.slice(name.length + 1).trim();
}

/** The bytes of one side, without the head. */
export function bytesFrom(
  capture: Capture,
  from: CapturedChunk['from'],
): Buffer {
  return Buffer.concat(
    capture.chunks.filter(chunk => chunk.from === from).map(({ data }) => data),
  );
}

function takeHead(chunks: CapturedChunk[], from: CapturedChunk['from']) {
  const chunk = chunks.find(item => item.from === from);
  const end = chunk ? chunk.data.indexOf(END_OF_HEAD) : -1;
  if (!chunk || end === -1) {
    throw new Error(`No HTTP head from the ${from}`);
  }
  const head = chunk.data.toString('latin1', 0, end);
  chunk.data = chunk.data.subarray(end + END_OF_HEAD.length);
  return head;
}
