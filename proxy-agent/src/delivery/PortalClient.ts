import { readFileSync } from 'node:fs';
import { Agent, Dispatcher, Pool, ProxyAgent } from 'undici';
import {
  AGENT_ID_HEADER,
  SPOOL_EPOCH_HEADER,
} from 'backstage-plugin-kubernetes-audit-common';
import { httpProxyFor, isLoopback } from '../config';

/** How long the portal may take to begin an answer, in milliseconds; a hanging portal hurts more than a dead one. */
const ANSWER_TIMEOUT_MS = 30_000;
/** Bytes of an answer at the most. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** A longer `Retry-After` is not heeded, in milliseconds: nobody keeps a proxy silent for hours. */
const MAX_RETRY_AFTER_MS = 5 * 60_000;
/** Characters of an error's body that are kept for the log. */
const MAX_ERROR_TEXT = 500;

/** The portal answered with a status that is no success. */
export class PortalError extends Error {
  readonly name = 'PortalError';
  readonly statusCode: number;
  /** The answer's JSON, undefined when it has none. */
  readonly content: unknown;
  /** How long the portal wants to be left alone, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(
    statusCode: number,
    message: string,
    body: Buffer,
    retryAfter?: string,
  ) {
    super(message);
    this.statusCode = statusCode;
    const seconds = /^\d+$/.test(retryAfter ?? '') ? Number(retryAfter) : 0;
    this.retryAfterMs = Math.min(seconds * 1000, MAX_RETRY_AFTER_MS);
    try {
      this.content = JSON.parse(body.toString('utf8'));
    } catch {
      this.content = undefined;
    }
  }
}

/** What the portal answered. */
export type PortalAnswer = {
  statusCode: number;
  etag: string | undefined;
  body: Buffer;
};

/** The agent's side of the portal's API: it knows the address and the credential, and hands neither out. */
export class PortalClient {
  readonly #url: string;
  readonly #agentId: string;
  readonly #token: () => string;
  readonly #dispatcher: Dispatcher;

  static fromConfig(options: {
    agentId: string;
    url: string;
    token?: string;
    tokenFile?: string;
    caFile?: string;
    /** On the way to the portal; without, the one that the environment names. */
    httpProxy?: string;
    environment?: NodeJS.ProcessEnv;
  }): PortalClient {
    const { token, tokenFile } = options;
    return new PortalClient(
      options.url.replace(/\/$/, ''),
      options.agentId,
      // Read anew each time: a mounted secret changes under us.
      () => token ?? readFileSync(tokenFile ?? '', 'utf8').trim(),
      createDispatcher(options),
    );
  }

  private constructor(
    url: string,
    agentId: string,
    token: () => string,
    dispatcher: Dispatcher,
  ) {
    this.#url = url;
    this.#agentId = agentId;
    this.#token = token;
    this.#dispatcher = dispatcher;
  }

  /**
   * One call of the portal.
   *
   * @param path - below the plugin's URL: `/v1/agent/bundle`
   * @throws {@link PortalError} for a status of 400 and more; other errors when it is out of reach
   */
  async call(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    options: {
      body?: Uint8Array | string;
      headers?: Record<string, string>;
      epoch?: string;
      /** Beyond the usual time, for long polls, in milliseconds. */
      extraTimeoutMs?: number;
      signal?: AbortSignal;
    } = {},
  ): Promise<PortalAnswer> {
    const url = new URL(`${this.#url}${path}`);
    const timeout = ANSWER_TIMEOUT_MS + (options.extraTimeoutMs ?? 0);
    const token = this.#token();
    const response = await this.#dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      body: options.body,
      headersTimeout: timeout,
      bodyTimeout: timeout,
      signal: options.signal,
      headers: {
        authorization: `Bearer ${token}`,
        [AGENT_ID_HEADER]: this.#agentId,
        ...(options.epoch && { [SPOOL_EPOCH_HEADER]: options.epoch }),
        ...options.headers,
      },
    });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response.body) {
      size += chunk.length;
      if (size > MAX_ANSWER_BYTES) {
        throw new Error('the portal answered with more than it should');
      }
      chunks.push(chunk);
    }
    const body = Buffer.concat(chunks);
    if (response.statusCode >= 400) {
      // Whoever answered may have repeated what he got.
      const whole = token
        ? body.toString('utf8').replaceAll(token, '…')
        : body.toString('utf8');
      const text = whole.slice(0, MAX_ERROR_TEXT);
      throw new PortalError(
        response.statusCode,
        `${method} ${url.pathname} was answered with ${response.statusCode}: ${text}`,
        Buffer.from(whole),
        headerOf(response.headers['retry-after']),
      );
    }
    return {
      statusCode: response.statusCode,
      etag: headerOf(response.headers.etag),
      body,
    };
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }
}

function createDispatcher(options: {
  url: string;
  caFile?: string;
  httpProxy?: string;
  environment?: NodeJS.ProcessEnv;
}): Dispatcher {
  const { caFile } = options;
  const tls = { ca: caFile && readFileSync(caFile, 'utf8') };
  const timeouts = {
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
  };
  const httpProxy = httpProxyOnTheWay(options);
  return httpProxy
    ? new ProxyAgent({
        uri: httpProxy.href,
        requestTls: tls,
        ...timeouts,
        // One that accepts connections and says no more must not hold the delivery.
        clientFactory: (origin, clientOptions) =>
          new Pool(origin, { ...clientOptions, ...timeouts }),
      })
    : new Agent({ connect: tls, ...timeouts });
}

/** A portal on this machine is meant to be reached directly, unless somebody says so in full. */
function httpProxyOnTheWay(options: {
  url: string;
  httpProxy?: string;
  environment?: NodeJS.ProcessEnv;
}): URL | undefined {
  const { httpProxy, environment = process.env } = options;
  if (httpProxy) {
    return new URL(httpProxy);
  }
  const url = new URL(options.url);
  return isLoopback(url.hostname) ? undefined : httpProxyFor(url, environment);
}

function headerOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
