import type { RecordingEvent } from 'backstage-plugin-kubernetes-audit-common';
import { MemoryBlobStore } from '../../../__testUtils__/MemoryBlobStore';
import {
  frameOf,
  headerEvent,
  recordingEvent,
  recordingHeader,
} from '../../../__testUtils__/recordingChunk';
import type { RecordingProgress, StoredChunk } from '../../RecordingStore';
import type { Fixture } from './readFixture';

const ID = recordingHeader().id;

/** A recording in memory, of one frame a chunk. */
export class StoredRecording {
  readonly id = ID;
  readonly blobs = new MemoryBlobStore();
  readonly chunks: StoredChunk[] = [];
  isComplete = false;

  static create(): StoredRecording {
    return new StoredRecording();
  }

  private constructor() {}

  async listChunks(): Promise<StoredChunk[]> {
    return [...this.chunks];
  }

  async getProgress(id: string): Promise<RecordingProgress | undefined> {
    return id === this.id
      ? {
          agentId: 'a',
          header: recordingHeader(),
          chunkCount: this.chunks.length,
          castSize: {
            sizeBytes: 0,
            incomplete: { output: '', error: '', input: '' },
          },
          ...(this.isComplete && {
            completion: {
              status: 'complete' as const,
              endedAt: '2026-11-22T02:00:00.000Z',
              durationMs: 0,
              chunkCount: this.chunks.length,
            },
          }),
        }
      : undefined;
  }

  /** Adds a chunk of one frame. */
  add(events: RecordingEvent[]): void {
    this.addChunk(
      frameOf(this.chunks.length, events),
      events.reduce((sum, { data }) => sum + data.length, 0),
    );
  }

  /** Adds a chunk of any bytes. */
  addChunk(bytes: Uint8Array, sizeBytes: number): void {
    const index = this.chunks.length;
    const blobKey = `recordings/${this.id}/${index}-0`;
    this.chunks.push({
      index,
      firstTime: 0,
      lastTime: 0,
      sizeBytes,
      checksum: '',
      blobKey,
    });
    this.blobs.blobs.set(blobKey, bytes);
  }

  /** Adds a header of 80x24 cells and some output. */
  begin(output: string, size = { columns: 80, rows: 24 }): void {
    this.add([
      headerEvent(recordingHeader({ size })),
      recordingEvent('output', 1000, output),
    ]);
  }
}

/** The events of a real recording, with the header that it would have. */
export function recordingEvents({ size, events }: Fixture): RecordingEvent[] {
  return [
    headerEvent(recordingHeader({ size })),
    ...events.map(event =>
      event.type === 'output'
        ? recordingEvent('output', event.time, event.data)
        : recordingEvent(
            'resize',
            event.time,
            `${event.size.columns}x${event.size.rows}`,
          ),
    ),
  ];
}
