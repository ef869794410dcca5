import type { DiscoveryApi, FetchApi } from '@backstage/core-plugin-api';
import { ResponseError } from '@backstage/errors';
import {
  AccessResponse,
  AgentList,
  CredentialPage,
  DeadLetterPage,
  DecisionRequest,
  DecisionResponse,
  decodeRecordingMoment,
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
  PLUGIN_ID,
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
import { fileNameOf } from './contentDisposition';
import type {
  CredentialListRequest,
  DownloadedFile,
  DownloadFormat,
  FileOptions,
  KubernetesAuditApi,
  ListRequest,
  OpenedRecording,
  RecordingListRequest,
  RecordingTextRequest,
  RequestAuditListRequest,
  RequestAuditSelection,
  RequestOptions,
} from './KubernetesAuditApi';
import { readMoment } from './readMoment';

/** {@link KubernetesAuditApi} over HTTP, with the user's credentials. @public */
export class KubernetesAuditClient implements KubernetesAuditApi {
  readonly #discoveryApi: DiscoveryApi;
  readonly #fetchApi: FetchApi;

  static create(dependencies: {
    discoveryApi: DiscoveryApi;
    fetchApi: FetchApi;
  }): KubernetesAuditClient {
    return new KubernetesAuditClient(
      dependencies.discoveryApi,
      dependencies.fetchApi,
    );
  }

  private constructor(discoveryApi: DiscoveryApi, fetchApi: FetchApi) {
    this.#discoveryApi = discoveryApi;
    this.#fetchApi = fetchApi;
  }

  async listEvents(
    request: RequestAuditListRequest,
    options?: RequestOptions,
  ): Promise<RequestAuditPage> {
    return this.#json(`/v1/events?${filteredQueryOf(request)}`, options);
  }

  async getEventHistogram(
    selection: RequestAuditSelection,
    options?: RequestOptions,
  ): Promise<RequestAuditHistogram> {
    const query = filteredQueryOf(selection);
    return this.#json(`/v1/events/histogram?${query}`, options);
  }

  async getEvent(
    id: string,
    options?: RequestOptions,
  ): Promise<StoredRequestAuditEvent> {
    return this.#json(`/v1/events/${encodeURIComponent(id)}`, options);
  }

  async listAgents(options?: RequestOptions): Promise<AgentList> {
    return this.#json('/v1/agents', options);
  }

  async listJoinTokens(options?: RequestOptions): Promise<PendingJoinToken[]> {
    const { items } = await this.#json<{ items: PendingJoinToken[] }>(
      '/v1/tunnels/tokens',
      options,
    );
    return items;
  }

  async issueJoinToken(request: JoinTokenRequest): Promise<JoinTokenResponse> {
    return this.#post('/v1/tunnels/tokens', request);
  }

  async revokeJoinToken(id: string): Promise<void> {
    await this.#fetch(`/v1/tunnels/tokens/${encodeURIComponent(id)}`, {
      method: 'DELETE',
    });
  }

  async revokeTunnelAgent(name: string): Promise<void> {
    await this.#fetch(`/v1/tunnels/${encodeURIComponent(name)}`, {
      method: 'DELETE',
    });
  }

  async getDelivery(
    span: Pick<ListRequest, 'from' | 'to'>,
    options?: RequestOptions,
  ): Promise<DeliveryReport> {
    return this.#json(`/v1/events/delivery?${queryOf(span)}`, options);
  }

  async listDeadLetters(
    request: Pick<ListRequest, 'cursor' | 'limit'>,
    options?: RequestOptions,
  ): Promise<DeadLetterPage> {
    return this.#json(`/v1/dead-letters?${queryOf(request)}`, options);
  }

  async downloadEvents(
    selection: RequestAuditSelection,
    format: EventFileFormat,
    options?: FileOptions,
  ): Promise<DownloadedFile> {
    const query = filteredQueryOf(selection);
    query.set('format', format);
    const response = await this.#fetch(`/v1/events/export?${query}`, {
      signal: options?.signal,
    });
    return fileOf(response, `request-audit.${format}`, options);
  }

  async exportEvents(
    selection: RequestAuditSelection,
    request: EventExportRequest,
    options?: FileOptions,
  ): Promise<DownloadedFile> {
    const query = filteredQueryOf(selection);
    const response = await this.#fetch(`/v1/events/export?${query}`, {
      ...postOf(request),
      signal: options?.signal,
    });
    return fileOf(response, `request-audit.${request.format}.zip`, options);
  }

  async getSettings(options?: RequestOptions): Promise<PageSettings> {
    return this.#json('/v1/settings', options);
  }

  async listRecordings(
    request: RecordingListRequest,
    options?: RequestOptions,
  ): Promise<RecordingPage> {
    return this.#json(`/v1/recordings?${filteredQueryOf(request)}`, options);
  }

  async getRecording(
    id: string,
    options?: RequestOptions & { follow?: boolean },
  ): Promise<RecordingDetail> {
    const query = options?.follow ? '?follow=true' : '';
    return this.#json(`${recordingPath(id)}${query}`, options);
  }

  async openRecording(
    id: string,
    time: number,
    options?: RequestOptions & { onProgress?: (share: number) => void },
  ): Promise<OpenedRecording> {
    const { onProgress, signal } = options ?? {};
    const response = await this.#fetch(
      `${recordingPath(id)}/opening?t=${time}`,
      { signal },
    );
    const { recording, moment } = decodeRecordingMoment(
      await readMoment(response, onProgress),
    );
    if (!recording) {
      throw new Error('The portal opened no recording');
    }
    return { recording, moment };
  }

  async getRecordingChunk(
    id: string,
    index: number,
    options?: RequestOptions,
  ): Promise<Uint8Array> {
    const path = `${recordingPath(id)}/chunks/${index}`;
    return this.#bytes(path, options);
  }

  async getRecordingMoment(
    id: string,
    time: number,
    options?: RequestOptions,
  ): Promise<RecordingMoment> {
    const path = `${recordingPath(id)}/moment?t=${time}`;
    return decodeRecordingMoment(await this.#bytes(path, options)).moment;
  }

  async getRecordingTimeline(
    id: string,
    options?: RequestOptions,
  ): Promise<RecordingTimeline> {
    return this.#json(`${recordingPath(id)}/timeline`, options);
  }

  async getRecordingText(
    id: string,
    request: RecordingTextRequest,
    options?: RequestOptions,
  ): Promise<RecordingText> {
    const query = queryOf(request);
    return this.#json(`${recordingPath(id)}/text?${query}`, options);
  }

  async downloadRecording(
    id: string,
    format: DownloadFormat,
    options?: FileOptions,
  ): Promise<DownloadedFile> {
    const response = await this.#fetch(
      `${recordingPath(id)}/download?format=${format}`,
      { signal: options?.signal },
    );
    const fallback = `${id}.${format === 'text' ? 'txt' : 'cast'}`;
    return fileOf(response, fallback, options);
  }

  async exportRecording(
    id: string,
    request: { password: string; format: DownloadFormat },
    options?: FileOptions,
  ): Promise<DownloadedFile> {
    const response = await this.#fetch(`${recordingPath(id)}/export`, {
      ...postOf(request),
      signal: options?.signal,
    });
    return fileOf(response, `${id}.zip`, options);
  }

  async getAccess(options?: RequestOptions): Promise<AccessResponse> {
    return this.#json('/v1/access', options);
  }

  async issueKubeconfig(
    request: Partial<KubeconfigRequest>,
  ): Promise<KubeconfigResponse> {
    return this.#post('/v1/access/kubeconfig', request);
  }

  async listCredentials(
    request: CredentialListRequest,
    options?: RequestOptions,
  ): Promise<CredentialPage> {
    return this.#json(`/v1/access/credentials?${queryOf(request)}`, options);
  }

  async revokeCredential(id: string): Promise<void> {
    await this.#fetch(`/v1/access/credentials/${encodeURIComponent(id)}`, {
      method: 'DELETE',
    });
  }

  async revokeUser(userEntityRef: string): Promise<void> {
    await this.#fetch('/v1/access/revocations', postOf({ userEntityRef }));
  }

  async findLogin(userCode: string): Promise<PendingLogin> {
    return this.#post('/v1/access/logins/find', { userCode });
  }

  async decideLogin(
    userCode: string,
    decision: 'approve' | 'deny',
  ): Promise<void> {
    await this.#fetch(`/v1/access/logins/${decision}`, postOf({ userCode }));
  }

  async getRoles(options?: RequestOptions): Promise<RolesResponse> {
    return this.#json('/v1/access/roles', options);
  }

  async explainDecision(request: DecisionRequest): Promise<DecisionResponse> {
    return this.#post('/v1/access/decisions', request);
  }

  async #post<T>(path: string, body: object): Promise<T> {
    const response = await this.#fetch(path, postOf(body));
    return response.json();
  }

  async #json<T>(path: string, options?: RequestOptions): Promise<T> {
    const response = await this.#fetch(path, { signal: options?.signal });
    return response.json();
  }

  async #bytes(path: string, options?: RequestOptions): Promise<Uint8Array> {
    const response = await this.#fetch(path, { signal: options?.signal });
    return new Uint8Array(await response.arrayBuffer());
  }

  async #fetch(path: string, init?: RequestInit): Promise<Response> {
    const baseUrl = await this.#discoveryApi.getBaseUrl(PLUGIN_ID);
    const response = await this.#fetchApi.fetch(`${baseUrl}${path}`, init);
    if (!response.ok) {
      throw await ResponseError.fromResponse(response);
    }
    return response;
  }
}

function recordingPath(id: string): string {
  return `/v1/recordings/${encodeURIComponent(id)}`;
}

function filteredQueryOf({
  filter,
  ...request
}: RequestAuditListRequest | RecordingListRequest): URLSearchParams {
  const query = queryOf(request);
  if (filter) {
    query.set('filter', JSON.stringify(filter));
  }
  return query;
}

function queryOf(
  request: ListRequest | RecordingTextRequest | CredentialListRequest,
): URLSearchParams {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(request)) {
    if (value !== undefined && value !== '') {
      query.set(key, String(value));
    }
  }
  return query;
}

function postOf(body: object): RequestInit {
  return {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  };
}

async function fileOf(
  response: Response,
  fallback: string,
  { onProgress }: FileOptions = {},
): Promise<DownloadedFile> {
  const told = onProgress ? counted(response, onProgress) : response;
  return {
    // A blob is kept by the browser, on disk when it is large, not in the page's heap.
    blob: await told.blob(),
    fileName:
      fileNameOf(response.headers.get('content-disposition')) ?? fallback,
  };
}

/** The same answer, whose bytes are counted as they come. */
function counted(
  response: Response,
  onProgress: (received: number) => void,
): Response {
  let received = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      received += chunk.length;
      onProgress(received);
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body?.pipeThrough(counter), {
    headers: response.headers,
  });
}
