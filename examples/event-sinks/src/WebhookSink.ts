import type { StoredRequestAuditEvent } from 'backstage-plugin-kubernetes-audit-common';
import type { EventSink } from 'backstage-plugin-kubernetes-audit-node';
import { createHmac } from 'node:crypto';

/** How long an answer may take, in milliseconds. */
const TIMEOUT_MS = 20_000;

/** Posts events to an URL, signed with a secret that the receiver knows. */
export class WebhookSink implements EventSink {
  readonly name = 'webhook';

  static create(options: {
    url: string;
    secret: string;
    /** Milliseconds since 1970. */
    now: () => number;
  }): WebhookSink {
    return new WebhookSink(options.url, options.secret, options.now);
  }

  private constructor(
    private readonly url: string,
    private readonly secret: string,
    private readonly now: () => number,
  ) {}

  async publish(events: readonly StoredRequestAuditEvent[]): Promise<void> {
    const body = JSON.stringify({ events });
    const timestamp = `${Math.floor(this.now() / 1000)}`;
    const response = await fetch(this.url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'X-Audit-Timestamp': timestamp,
        'X-Audit-Signature': this.#sign(timestamp, body),
      },
      body,
      // A signature is for this receiver and no other.
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    if (!response.ok) {
      throw new Error(`the webhook answered ${response.status}`);
    }
  }

  /** With the time, so that an old delivery cannot be passed off as a new one. */
  #sign(timestamp: string, body: string): string {
    const digest = createHmac('sha256', this.secret)
      .update(`${timestamp}.${body}`)
      .digest('hex');
    return `sha256=${digest}`;
  }
}
