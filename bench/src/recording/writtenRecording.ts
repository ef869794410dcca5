import { readFileSync } from 'node:fs';
import {
  FRAME_TARGET_BYTES,
  FRAME_TARGET_MS,
  RecordingEvent,
  RecordingHeader,
} from 'backstage-plugin-kubernetes-audit-common';
// How the agent writes recordings is its own, which no package exports.
/* eslint-disable @backstage/no-relative-monorepo-imports */
import { FrameFile } from '../../../proxy-agent/src/recording/FrameFile';
import { FrameJournal } from '../../../proxy-agent/src/recording/FrameJournal';
import { RecordingStore } from '../../../proxy-agent/src/spool';
/* eslint-enable @backstage/no-relative-monorepo-imports */

const MICROSECONDS = 1000;
/** More than any benchmark writes. */
export const STORE_BYTES = 16 * 1024 ** 3;

/** What a recording of a benchmark says of itself. */
export const HEADER: RecordingHeader = {
  id: '01a2011a-6bbd-75f8-a13e-b3999de43b04',
  sessionId: '01a2011a-6bbd-75f8-a13e-b3999de43b05',
  name: 'guest_20261122T014741Z',
  startedAt: '2026-11-22T01:47:41.000Z',
  userName: 'guest',
  userEmail: 'guest@example.com',
  userEntityRef: 'user:default/guest',
  clientIp: '127.0.0.1',
  clientName: 'kubectl/v1.32.3',
  clusterName: 'demo',
  role: 'developer',
  kubernetesGroups: ['developers', 'system:authenticated'],
  namespace: 'dev',
  podName: 'web',
  container: 'main',
  kind: 'exec',
  command: ['bash'],
  tty: true,
  size: { columns: 160, rows: 48 },
  connectedFrom: 'Proxy',
};

/**
 * Writes events as a session does, by their own clock instead of the machine's:
 * an hour takes no hour.
 *
 * @param root - where the recording is put; empty
 * @returns its frames
 */
export async function writtenRecording(
  root: string,
  events: Iterable<RecordingEvent>,
): Promise<Buffer> {
  const directory = RecordingStore.open({ root, maxBytes: STORE_BYTES }).create(
    HEADER.id,
  );
  const frames = FrameFile.of(directory);
  let sequence = 0;
  let journal: FrameJournal | undefined;
  const close = async (last: boolean) => {
    if (journal) {
      await frames.appendContent(journal.close(), { sequence, last });
      journal.remove();
      journal = undefined;
      sequence++;
    }
  };
  const append = async (event: RecordingEvent) => {
    const age = event.time - (journal?.firstTime ?? event.time);
    if (age >= FRAME_TARGET_MS * MICROSECONDS) {
      await close(false);
    }
    journal ??= FrameJournal.create(
      directory.journalFile(sequence),
      event.time,
      HEADER,
    );
    const { type, time, data } = event;
    journal.append({ type, time, pieces: [data], bytes: data.length });
    if (journal.bytes >= FRAME_TARGET_BYTES) {
      await close(false);
    }
  };
  await append({
    type: 'header',
    time: 0,
    data: Buffer.from(JSON.stringify(HEADER)),
  });
  for (const event of events) {
    await append(event);
  }
  await close(true);
  await frames.close();
  return readFileSync(directory.framesFile);
}
