import type {
  AuditorService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { BlobStore } from 'backstage-plugin-kubernetes-audit-node';
import { recordingBlobs, RecordingStore } from '../recordings';
import { DescribeSpan, withSpan } from '../tracing';

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
    await withSpan('recordings.expire', {}, describe =>
      this.#sweep(describe, signal),
    );
  }

  async #sweep(
    describe: DescribeSpan<'recordings.expire'>,
    signal?: AbortSignal,
  ): Promise<void> {
    const { store, keepMs, now } = this.#options;
    const before = keepMs === undefined ? undefined : now() - keepMs;
    const count = { removed: 0, kept: 0, failed: 0 };
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
        count[await this.#remove(id)]++;
        describe({
          'expired.count': count.removed,
          'expired.failed': count.failed,
        });
      }
      after = ids.at(-1);
      if (after === undefined) {
        return;
      }
    }
  }

  async #remove(id: string): Promise<'removed' | 'kept' | 'failed'> {
    const { store, blobs, auditor, logger, now } = this.#options;
    if (!(await store.beginRemoval(id, new Date(now())))) {
      // A legal hold was placed meanwhile.
      return 'kept';
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
      return 'removed';
    } catch (error) {
      logger.error(`Recording ${id} could not be deleted`, toError(error));
      await event.fail({ error: toError(error) });
      return 'failed';
    }
  }
}
