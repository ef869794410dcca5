import type {
  AuditorService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { BlobStore } from 'backstage-plugin-kubernetes-audit-node';
import { recordingBlobs, RecordingStore } from '../recordings';

/** Recordings of one look into the database. */
const BATCH = 100;
/**
 * A recording that never ended is taken for abandoned after so long beyond the
 * retention, in milliseconds: its proxy may still come back with the rest.
 */
const ABANDONED_MS = 7 * 24 * 3600_000;

/** Deletes the recordings whose time is over; each deletion is in the host's audit log. */
export class RecordingRetention {
  readonly #options: Parameters<typeof RecordingRetention.create>[0];

  static create(options: {
    store: RecordingStore;
    blobs: BlobStore;
    auditor: AuditorService;
    logger: LoggerService;
    /** How long recordings are kept, in milliseconds; undefined means for ever. */
    keepMs: number | undefined;
    /** Milliseconds since 1970. */
    now: () => number;
  }): RecordingRetention {
    return new RecordingRetention(options);
  }

  private constructor(
    options: Parameters<typeof RecordingRetention.create>[0],
  ) {
    this.#options = options;
  }

  /** Deletes what is due, until the signal comes; one that fails does not keep the others. */
  async sweep(signal?: AbortSignal): Promise<void> {
    const { store, keepMs, now } = this.#options;
    const before = keepMs === undefined ? undefined : now() - keepMs;
    let after: string | undefined;
    for (;;) {
      const ids = await store.listRemovable({
        startedBefore: before,
        abandonedBefore:
          before === undefined ? undefined : before - ABANDONED_MS,
        after,
        limit: BATCH,
      });
      for (const id of ids) {
        if (signal?.aborted) {
          return;
        }
        await this.#remove(id);
      }
      after = ids.at(-1);
      if (after === undefined) {
        return;
      }
    }
  }

  async #remove(id: string): Promise<void> {
    const { store, blobs, auditor, logger, now } = this.#options;
    if (!(await store.beginRemoval(id, new Date(now())))) {
      // A legal hold was placed meanwhile.
      return;
    }
    const event = await auditor.createEvent({
      eventId: 'recording-delete',
      severityLevel: 'high',
      meta: { id, reason: 'retention' },
    });
    try {
      await blobs.delete(recordingBlobs(id));
      await store.remove(id);
      await event.success();
    } catch (error) {
      logger.error(`Recording ${id} could not be deleted`, toError(error));
      await event.fail({ error: toError(error) });
    }
  }
}
