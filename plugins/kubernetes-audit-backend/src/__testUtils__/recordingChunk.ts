import {
  encodeFrame,
  encodeRecordingEvent,
  FrameCompression,
  RecordingEvent,
  RecordingHeader,
} from 'backstage-plugin-kubernetes-audit-common';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { ChunkNames } from '../recordings/ChunkNames';

/** Names for the blobs of a test's only database. */
export const chunkNames = ChunkNames.create({
  owner: 'abcd',
  now: () => Date.UTC(2026, 10, 22),
});

/** The header of somebody's shell in a pod. */
export function recordingHeader(
  overrides: Partial<RecordingHeader> = {},
): RecordingHeader {
  return {
    id: '019aa000-0000-7000-9000-000000000001',
    sessionId: '019aa000-0000-7000-a000-000000000001',
    name: 'guest_20261122T014741Z',
    startedAt: '2026-11-22T01:47:41.000Z',
    userName: 'guest',
    userEmail: 'guest@example.com',
    clientIp: '127.0.0.1',
    clientName: 'kubectl/v1.32.0',
    clusterName: 'demo',
    namespace: 'default',
    podName: 'shell',
    kind: 'exec',
    command: ['sh', '-c', 'date'],
    tty: true,
    size: { columns: 80, rows: 24 },
    connectedFrom: 'Proxy',
    ...overrides,
  };
}

/** The event that a recording begins with. */
export function headerEvent(header: RecordingHeader): RecordingEvent {
  return {
    type: 'header',
    time: 0,
    data: Buffer.from(JSON.stringify(header)),
  };
}

/** An event with text or bytes. */
export function recordingEvent(
  type: RecordingEvent['type'],
  time: number,
  data: string | Uint8Array,
): RecordingEvent {
  return { type, time, data: Buffer.from(data) };
}

const COMPRESS: Record<FrameCompression, (body: Uint8Array) => Uint8Array> = {
  none: body => body,
  gzip: body => gzipSync(body),
  zstd: body => zstdCompressSync(body),
};

/** Events as one frame. */
export function frameOf(
  sequence: number,
  events: RecordingEvent[],
  compression: FrameCompression = 'zstd',
): Uint8Array {
  const firstTime = events[0].time;
  let previous = firstTime;
  const body = Buffer.concat(
    events.map(event => {
      const encoded = encodeRecordingEvent(event, previous);
      previous = event.time;
      return encoded;
    }),
  );
  return encodeFrame(COMPRESS[compression](body), {
    compression,
    last: false,
    sequence,
    uncompressedBytes: body.length,
    eventCount: events.length,
    firstTime,
    lastTime: previous,
  });
}
