import type {
  Recording,
  RecordingDetail,
  RecordingPage,
  RecordingText,
  RequestAuditListItem,
  RequestAuditPage,
  StoredRequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';

/** The portal's API, called as the guest. */
export class Portal {
  static async signIn(url: string): Promise<Portal> {
    const response = await fetch(`${url}/api/auth/guest/refresh`, {
      headers: { 'x-requested-with': 'XMLHttpRequest' },
    });
    const body = await response.json();
    return new Portal(url, body.backstageIdentity.token);
  }

  readonly #url: string;
  readonly #token: string;

  private constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  async events(filter: object): Promise<RequestAuditListItem[]> {
    const query = new URLSearchParams({
      filter: JSON.stringify(filter),
      limit: '100',
    });
    const page: RequestAuditPage = await this.#json(`/v1/events?${query}`);
    return page.items;
  }

  /** Sends lines as an agent does that has a new spool. */
  static async ingest(
    url: string,
    agent: { id: string; token: string; epoch: string },
    lines: readonly string[],
  ): Promise<void> {
    const response = await fetch(
      `${url}/api/kubernetes-audit/v1/ingest/events`,
      {
        method: 'POST',
        headers: {
          authorization: `Bearer ${agent.token}`,
          'content-type': 'application/x-ndjson',
          'x-agent-id': agent.id,
          'x-spool-epoch': agent.epoch,
        },
        body: lines.map(line => `${line}\n`).join(''),
      },
    );
    if (!response.ok) {
      throw new Error(`ingest answered ${response.status}`);
    }
  }

  async event(id: string): Promise<StoredRequestAuditEvent> {
    return this.#json(`/v1/events/${id}`);
  }

  async recordings(): Promise<Recording[]> {
    const page: RecordingPage = await this.#json('/v1/recordings?limit=100');
    return page.items;
  }

  async recording(id: string): Promise<RecordingDetail> {
    return this.#json(`/v1/recordings/${id}`);
  }

  /** The newest recording of a terminal in whose text there is this one. */
  async recordingOf(text: string): Promise<string> {
    const query = new URLSearchParams({ search: text });
    for (const { id, tty } of await this.recordings()) {
      if (!tty) continue;
      const { items }: RecordingText = await this.#json(
        `/v1/recordings/${id}/text?${query}`,
      );
      if (items.length > 0) return id;
    }
    throw new Error(`no recording has ${text}`);
  }

  /** A recording as asciicast v2. */
  async asciicast(id: string): Promise<string> {
    const response = await this.#get(`/v1/recordings/${id}/download?format=v2`);
    return response.text();
  }

  async #json(path: string) {
    return (await this.#get(path)).json();
  }

  async #get(path: string): Promise<Response> {
    const response = await fetch(`${this.#url}/api/kubernetes-audit${path}`, {
      headers: { authorization: `Bearer ${this.#token}` },
    });
    if (!response.ok) {
      throw new Error(
        `${path} answered ${response.status}: ${await response.text()}`,
      );
    }
    return response;
  }
}
