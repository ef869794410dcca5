import type { ClusterConfig } from '../config';
import type { HttpCallHandler, HttpRequest } from './http';
import type { UpstreamConnection } from './UpstreamConnection';

/** One way to a cluster's API server. */
export interface UpstreamRoute {
  /** URL of the API server, without a trailing slash. */
  readonly endpoint: string;
  /** The tunnel that it goes through, if it goes through one. */
  readonly tunnel?: { agentName: string; tag: string };

  /**
   * Sends an ordinary call; see {@link ConnectionPool.send}.
   *
   * @throws HttpClientError when the request cannot be sent as it is
   */
  send(request: HttpRequest, handler: HttpCallHandler): void;

  /**
   * A connection of its own, for an upgrade; it may end in one direction alone.
   *
   * @throws Error when it cannot be made, or the signal comes first
   */
  connect(signal: AbortSignal): Promise<UpstreamConnection>;
}

/** One cluster of the configuration, and the ways to its API server. */
export interface Upstream {
  readonly config: ClusterConfig;
  readonly name: string;
  /** URL of the API server, without a trailing slash, as far as the proxy knows it. */
  readonly endpoint: string | undefined;
  /** `host:port` for the `Host` header. */
  readonly host: string;
  /** The API server's path prefix, without a trailing slash. */
  readonly basePath: string;

  /**
   * The value of `Authorization` for the proxy's own identity, or undefined
   * when it has none for this cluster.
   *
   * @throws Error when the credential cannot be read
   */
  authorization(): string | undefined;

  /**
   * The way that a call is to take; undefined when there is none now.
   *
   * @param tried - ways that were of no use to this call
   */
  route(tried?: ReadonlySet<UpstreamRoute>): UpstreamRoute | undefined;

  /** Why there is no way now, in words for a user. */
  readonly unreachable: string;

  /** Whether it is the same API server, reached in the same way, with the same settings. */
  isSameAs(other: Upstream): boolean;

  /**
   * Nobody will ask for it any more: closes idle connections at once, and each
   * other one when its last call has ended. Calls that were admitted before go
   * on, also those that are sent only now.
   */
  retire(): Promise<void>;

  /** Cuts all connections. */
  close(): Promise<void>;
}
