import type { StoredRequestAuditEvent } from './event';
import type { ExportEncryption, Recording } from './recording';

/** One page of a list, newest first unless asked otherwise. @public */
export type Page<TItem> = {
  items: TItem[];
  /** Opaque; absent on the last page. */
  nextCursor?: string;
  /** Opaque; absent on the first page. */
  prevCursor?: string;
  totalItems?: number;
  /** The total is a bound: there are more than so many. */
  totalIsLowerBound?: boolean;
};

/** A row of the list: the body comes with `GET /v1/events/:id`. @public */
export type RequestAuditListItem = Omit<StoredRequestAuditEvent, 'requestBody'>;

/** `GET /v1/events` @public */
export type RequestAuditPage = Page<RequestAuditListItem>;

/** How many events of each result there are in one span of time. @public */
export type RequestAuditHistogramBar = {
  /** When it begins: ISO 8601 in UTC. */
  from: string;
  success: number;
  failure: number;
  /** Too much to be counted: the numbers are what is to be expected. */
  isEstimated?: true;
};

/** `GET /v1/events/histogram`: bars without events are left out. @public */
export type RequestAuditHistogram = {
  /** How long each bar is, in milliseconds; bars begin at multiples of it. */
  widthMs: number;
  items: RequestAuditHistogramBar[];
};

/** `GET /v1/recordings` @public */
export type RecordingPage = Page<Recording>;

/** `GET /v1/settings`: what the pages have to know of the configuration. @public */
export type PageSettings = {
  /** `kubernetesAudit.export.encryption` */
  exportEncryption: ExportEncryption;
};

/** Rows of a page when the request does not say. @public */
export const DEFAULT_PAGE_LIMIT = 50;
/** Rows of a page at the most. @public */
export const MAX_PAGE_LIMIT = 200;
