import { createApiRef } from '@backstage/core-plugin-api';
import type {
  AccessResponse,
  AgentList,
  CredentialListState,
  CredentialPage,
  DeadLetterPage,
  DecisionRequest,
  DecisionResponse,
  DeliveryReport,
  EventExportRequest,
  EventFileFormat,
  JoinTokenRequest,
  JoinTokenResponse,
  KubeconfigRequest,
  KubeconfigResponse,
  PageSettings,
  PendingJoinToken,
  PendingLogin,
  RecordingDetail,
  RecordingMoment,
  RecordingPage,
  RecordingText,
  RecordingTimeline,
  RequestAuditHistogram,
  RequestAuditPage,
  RolesResponse,
  StoredRequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';

/** A field of an event that is compared as text, in any case. @public */
export type RequestAuditFilterField =
  | 'verb'
  | 'resource'
  | 'resourceName'
  | 'result'
  | 'role'
  | 'clusterName'
  | 'namespace'
  | 'userName'
  | 'clientIp'
  | 'sessionId';

/** A text, one of some, or how it begins; in any case. @public */
export type TextCondition = string | { $in: string[] } | { $hasPrefix: string };

/** A condition on one field, or conditions joined by AND or OR. @public */
export type RequestAuditFilter =
  | { $all: RequestAuditFilter[] }
  | { $any: RequestAuditFilter[] }
  | Partial<Record<RequestAuditFilterField, TextCondition>>
  | { kubernetesGroups: { $contains: string } }
  | { executedAt: { $gte?: string; $lt?: string } };

/** The same of recordings. @public */
export type RecordingFilter =
  | { $all: RecordingFilter[] }
  | { $any: RecordingFilter[] }
  | Partial<Record<'clusterName' | 'namespace' | 'podName', TextCondition>>;

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
  /** By time; newest first unless it says otherwise. */
  order?: 'asc' | 'desc';
};

/** What bounds a page of events. @public */
export type RequestAuditListRequest = ListRequest & {
  filter?: RequestAuditFilter;
};

/** What bounds a page of recordings. @public */
export type RecordingListRequest = ListRequest & {
  filter?: RecordingFilter;
};

/** What bounds a page of credentials. @public */
export type CredentialListRequest = Pick<
  ListRequest,
  'search' | 'cursor' | 'limit' | 'order'
> & {
  /** An entity ref. */
  user?: string;
  state?: CredentialListState;
};

/** Which events are meant, on whatever page. @public */
export type RequestAuditSelection = Pick<
  RequestAuditListRequest,
  'filter' | 'search' | 'from' | 'to'
>;

/** Which lines of a recording's text. @public */
export type RecordingTextRequest = {
  /** Only lines with it in them, in any case. */
  search?: string;
  /** The `nextCursor` of the page before. */
  cursor?: string;
  limit?: number;
};

/** How a recording is written to a file. @public */
export type DownloadFormat = 'v2' | 'v3' | 'text';

/** A file that the browser can save. @public */
export type DownloadedFile = { blob: Blob; fileName: string };

/** A recording with the table of its chunks, and what shows it at a time. @public */
export type OpenedRecording = {
  recording: RecordingDetail;
  moment: RecordingMoment;
};

/** @public */
export type RequestOptions = { signal?: AbortSignal };

/** @public */
export type FileOptions = RequestOptions & {
  /** Hears how many bytes have been received. */
  onProgress?: (received: number) => void;
};

/**
 * The portal's routes for the pages. Each method throws a
 * `ResponseError` when the portal refuses or fails.
 *
 * @public
 */
export interface KubernetesAuditApi {
  listEvents(
    request: RequestAuditListRequest,
    options?: RequestOptions,
  ): Promise<RequestAuditPage>;

  /** The events counted by time and result. */
  getEventHistogram(
    selection: RequestAuditSelection,
    options?: RequestOptions,
  ): Promise<RequestAuditHistogram>;

  /** One event with its request body. */
  getEvent(
    id: string,
    options?: RequestOptions,
  ): Promise<StoredRequestAuditEvent>;

  /** What of the agents' records is not among the events of a span of time. */
  getDelivery(
    span: Pick<ListRequest, 'from' | 'to'>,
    options?: RequestOptions,
  ): Promise<DeliveryReport>;

  /** The records that were kept aside because they are no events. */
  listDeadLetters(
    request: Pick<ListRequest, 'cursor' | 'limit'>,
    options?: RequestOptions,
  ): Promise<DeadLetterPage>;

  /** All of the events as a file; refused where it has to be encrypted. */
  downloadEvents(
    selection: RequestAuditSelection,
    format: EventFileFormat,
    options?: FileOptions,
  ): Promise<DownloadedFile>;

  /** The same inside a ZIP that the password protects. */
  exportEvents(
    selection: RequestAuditSelection,
    request: EventExportRequest,
    options?: FileOptions,
  ): Promise<DownloadedFile>;

  /** What the pages have to know of the portal's configuration. */
  getSettings(options?: RequestOptions): Promise<PageSettings>;

  listRecordings(
    request: RecordingListRequest,
    options?: RequestOptions,
  ): Promise<RecordingPage>;

  /**
   * Opens a recording, with what shows it at a time, in microseconds: nothing
   * where it may not be played.
   *
   * @param options - `onProgress` hears how much has been received, from 0 to 1
   */
  openRecording(
    id: string,
    time: number,
    options?: RequestOptions & { onProgress?: (share: number) => void },
  ): Promise<OpenedRecording>;

  /**
   * One recording with the table of its chunks.
   *
   * @param options - `follow`: it is played already, and may have grown
   */
  getRecording(
    id: string,
    options?: RequestOptions & { follow?: boolean },
  ): Promise<RecordingDetail>;

  /** One chunk: whole, uncompressed frames. */
  getRecordingChunk(
    id: string,
    index: number,
    options?: RequestOptions,
  ): Promise<Uint8Array>;

  /** What to draw on a timeline. Not found while a session that has ended has no index yet. */
  getRecordingTimeline(
    id: string,
    options?: RequestOptions,
  ): Promise<RecordingTimeline>;

  /**
   * What shows the recording at a time, in microseconds. Not found while there
   * is no index yet.
   */
  getRecordingMoment(
    id: string,
    time: number,
    options?: RequestOptions,
  ): Promise<RecordingMoment>;

  /** Lines of the recording's text. Not found while a session that has ended has no index yet. */
  getRecordingText(
    id: string,
    request: RecordingTextRequest,
    options?: RequestOptions,
  ): Promise<RecordingText>;

  /** Proxies, and the tunnel agents that have joined. */
  listAgents(options?: RequestOptions): Promise<AgentList>;

  /** The tokens by which a tunnel agent can still join. */
  listJoinTokens(options?: RequestOptions): Promise<PendingJoinToken[]>;

  /** A token by which one tunnel agent can join, once. */
  issueJoinToken(request: JoinTokenRequest): Promise<JoinTokenResponse>;

  revokeJoinToken(id: string): Promise<void>;

  /** Proxies cut the tunnel agent of this name, and take it no more. */
  revokeTunnelAgent(name: string): Promise<void>;

  /** The clusters that the caller may reach, and what the roles allow. */
  getAccess(options?: RequestOptions): Promise<AccessResponse>;

  issueKubeconfig(
    request: Partial<KubeconfigRequest>,
  ): Promise<KubeconfigResponse>;

  /** The caller's, or for who manages access a user's or all. */
  listCredentials(
    request: CredentialListRequest,
    options?: RequestOptions,
  ): Promise<CredentialPage>;

  revokeCredential(id: string): Promise<void>;

  /** Revokes all credentials that a user has. */
  revokeUser(userEntityRef: string): Promise<void>;

  /** The command line that waits with a code. Not found when none does. */
  findLogin(userCode: string): Promise<PendingLogin>;

  /** Lets a command line sign in as the caller, or turns it away. */
  decideLogin(userCode: string, decision: 'approve' | 'deny'): Promise<void>;

  /** The roles, who has them, and what the proxies know of them. */
  getRoles(options?: RequestOptions): Promise<RolesResponse>;

  /** What a proxy would answer to a call, and why. */
  explainDecision(request: DecisionRequest): Promise<DecisionResponse>;

  /** The whole recording as a file. */
  downloadRecording(
    id: string,
    format: DownloadFormat,
    options?: FileOptions,
  ): Promise<DownloadedFile>;

  /** The same inside a ZIP that the password protects. */
  exportRecording(
    id: string,
    request: { password: string; format: DownloadFormat },
    options?: FileOptions,
  ): Promise<DownloadedFile>;
}

/** @public */
export const kubernetesAuditApiRef = createApiRef<KubernetesAuditApi>({
  id: 'plugin.kubernetes-audit.service',
});
