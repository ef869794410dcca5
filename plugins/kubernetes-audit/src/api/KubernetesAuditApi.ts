import { createApiRef } from '@backstage/core-plugin-api';
import type {
  RecordingDetail,
  RecordingKeyframe,
  RecordingPage,
  RecordingText,
  RecordingTimeline,
  RequestAuditPage,
  StoredRequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';

/** A condition on one field, or conditions joined by AND or OR. @public */
export type RequestAuditFilter =
  | { $all: RequestAuditFilter[] }
  | { $any: RequestAuditFilter[] }
  | { verb: string | { $in: string[] } }
  | { resource: string | { $in: string[] } }
  | { executedAt: { $gte?: string; $lt?: string } };

/** What bounds a page of events or recordings, newest first. @public */
export type ListRequest = {
  /** Matched against the list's search fields. */
  search?: string;
  /** ISO 8601, included. */
  from?: string;
  /** ISO 8601, not included. */
  to?: string;
  cursor?: string;
  limit?: number;
};

/** What bounds a page of events. @public */
export type RequestAuditListRequest = ListRequest & {
  filter?: RequestAuditFilter;
};

/** Which lines of a recording's text. @public */
export type RecordingTextRequest = {
  /** Only lines with it in them, in any case. */
  search?: string;
  /** Microseconds since the recording's start, not included. */
  after?: number;
  limit?: number;
};

/** How a recording is written to a file. @public */
export type DownloadFormat = 'v2' | 'v3' | 'text';

/** A file that the browser can save. @public */
export type DownloadedFile = { blob: Blob; fileName: string };

/** @public */
export type RequestOptions = { signal?: AbortSignal };

/**
 * The portal's routes for administrators. Each method throws a
 * `ResponseError` when the portal refuses or fails.
 *
 * @public
 */
export interface KubernetesAuditApi {
  listEvents(
    request: RequestAuditListRequest,
    options?: RequestOptions,
  ): Promise<RequestAuditPage>;

  /** One event with its request body. */
  getEvent(
    id: string,
    options?: RequestOptions,
  ): Promise<StoredRequestAuditEvent>;

  listRecordings(
    request: ListRequest,
    options?: RequestOptions,
  ): Promise<RecordingPage>;

  /**
   * One recording with the table of its chunks.
   *
   * @param options - `follow`: it is played already, and may have grown
   */
  getRecording(
    id: string,
    options?: RequestOptions & { follow?: boolean },
  ): Promise<RecordingDetail>;

  /**
   * One chunk: whole, uncompressed frames.
   *
   * @param options - `onProgress` hears of the bytes received so far
   */
  getRecordingChunk(
    id: string,
    index: number,
    options?: RequestOptions & { onProgress?: (bytes: number) => void },
  ): Promise<Uint8Array>;

  /** What to draw on a timeline. Not found while there is no index yet. */
  getRecordingTimeline(
    id: string,
    options?: RequestOptions,
  ): Promise<RecordingTimeline>;

  /**
   * The latest keyframe at or before the time, in microseconds. Not found
   * where there is none, or not yet.
   */
  getRecordingKeyframe(
    id: string,
    time: number,
    options?: RequestOptions,
  ): Promise<RecordingKeyframe>;

  /** Lines of the recording's text. Not found while there is no index yet. */
  getRecordingText(
    id: string,
    request: RecordingTextRequest,
    options?: RequestOptions,
  ): Promise<RecordingText>;

  /** The whole recording as a file. */
  downloadRecording(
    id: string,
    format: DownloadFormat,
  ): Promise<DownloadedFile>;

  /** The same inside a ZIP that the password protects. */
  exportRecording(
    id: string,
    request: { password: string; format: DownloadFormat },
  ): Promise<DownloadedFile>;
}

/** @public */
export const kubernetesAuditApiRef = createApiRef<KubernetesAuditApi>({
  id: 'plugin.kubernetes-audit.service',
});
