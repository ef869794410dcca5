import { chmodSync, rmSync } from 'node:fs';
import { connect, createServer, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { z } from 'zod';
import { announcedClusterSchema } from 'backstage-plugin-kubernetes-audit-common';
import { ConnectionPair, PASS_THROUGH } from '../../forward';
import { TunnelPath, Tunnels, UpstreamConnection } from '../../upstream';
import type { TunnelHub } from '../proxy/TunnelHub';
import { readLine, STEP_TIMEOUT_MS } from '../transport';

/** Longer paths of sockets are none, in bytes (unix(7)). */
const MAX_SOCKET_PATH = 100;
/** Only the proxy's own user may connect, whatever the umask, and wherever the socket is. */
const SOCKET_MODE = 0o600;
/** Bytes of a line between workers. */
const MAX_LINE_BYTES = 4096;

/** The tunnels that end in one worker, as the others are told. */
export const workerReportSchema = z.object({
  /** Where that worker opens streams for the others. */
  socket: z.string(),
  tunnels: z.array(
    z.object({
      id: z.number().int(),
      agentName: z.string(),
      /** Milliseconds since 1970. */
      connectedAt: z.number(),
      clusters: z.array(announcedClusterSchema),
    }),
  ),
});

/** The tunnels that end in one worker, as the others are told. */
export type WorkerReport = z.infer<typeof workerReportSchema>;

/** How the workers of one proxy tell each other of their tunnels. */
export type WorkerReports = {
  /** Tells all others. */
  send: (report: WorkerReport) => void;
  /** Calls back with the reports of the others; those of a worker that died are empty. */
  onReport: (listener: (worker: number, report: WorkerReport) => void) => void;
};

const orderSchema = z.object({ id: z.number().int(), cluster: z.string() });

/** A tunnel that ends in another worker. */
type Sibling = {
  agentName: string;
  paths: Map<string, TunnelPath>;
  leave: AbortController;
};

/**
 * The tunnels of all workers: each ends in the process that has accepted it,
 * and streams of it reach the others over a socket on this machine that only
 * the proxy's own user may connect to.
 */
export class WorkerTunnels implements Tunnels {
  readonly #hub: TunnelHub;
  readonly #server: Server;
  readonly #socketPath: string;
  readonly #send: (report: WorkerReport) => void;
  /** By worker, then by the tunnel's id. */
  readonly #siblings = new Map<number, Map<number, Sibling>>();

  /** @param options.directory - the worker's own */
  static async start(options: {
    hub: TunnelHub;
    reports: WorkerReports;
    directory: string;
    logger: Logger;
  }): Promise<WorkerTunnels> {
    const tunnels = new WorkerTunnels(options);
    await tunnels.#listen();
    options.reports.onReport((worker, report) =>
      tunnels.#learn(worker, report),
    );
    tunnels.tell();
    return tunnels;
  }

  private constructor(options: {
    hub: TunnelHub;
    reports: WorkerReports;
    directory: string;
    logger: Logger;
  }) {
    const { hub, reports, directory, logger } = options;
    this.#hub = hub;
    this.#send = reports.send;
    const path = join(directory, 'tunnels.sock');
    this.#socketPath =
      Buffer.byteLength(path) <= MAX_SOCKET_PATH
        ? path
        : join(tmpdir(), `kubernetes-audit-tunnels-${process.pid}.sock`);
    this.#server = createServer({ allowHalfOpen: true }, socket => {
      socket.on('error', () => socket.destroy());
      this.#serve(socket).catch(error => {
        logger.debug({ err: error }, 'a stream for another worker failed');
        socket.end(`${(error as Error).message}\n`);
      });
    });
  }

  paths(clusterName: string, tags: Record<string, string>): TunnelPath[] {
    const paths = this.#hub.paths(clusterName, tags);
    for (const tunnels of this.#siblings.values()) {
      for (const { agentName, paths: own } of tunnels.values()) {
        const path = own.get(clusterName);
        if (path && this.#hub.mayCarry(agentName, clusterName, tags)) {
          paths.push(path);
        }
      }
    }
    return paths;
  }

  /** Tells the other workers which tunnels end here. */
  tell(): void {
    this.#send({ socket: this.#socketPath, tunnels: this.#hub.report() });
  }

  async close(): Promise<void> {
    await new Promise<void>(resolve => {
      this.#server.close(() => resolve());
      this.#send({ socket: this.#socketPath, tunnels: [] });
    });
  }

  async #listen(): Promise<void> {
    // Of a worker that was killed.
    rmSync(this.#socketPath, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#socketPath, () => {
        this.#server.off('error', reject).unref();
        resolve();
      });
    });
    chmodSync(this.#socketPath, SOCKET_MODE);
  }

  /** Opens the stream that another worker asks for. */
  async #serve(socket: Socket): Promise<void> {
    const line = await readLine(socket, {
      maxBytes: MAX_LINE_BYTES,
      timeoutMs: STEP_TIMEOUT_MS,
    });
    const { id, cluster } = orderSchema.parse(JSON.parse(line));
    const stream = await this.#hub.open(id, cluster);
    socket.write('\n');
    ConnectionPair.create(
      { client: socket, upstream: UpstreamConnection.of(stream) },
      PASS_THROUGH,
    ).start({ client: Buffer.alloc(0), upstream: Buffer.alloc(0) });
  }

  #learn(worker: number, { socket, tunnels }: WorkerReport): void {
    const before = this.#siblings.get(worker) ?? new Map<number, Sibling>();
    const now = new Map<number, Sibling>();
    for (const { id, agentName, clusters, connectedAt } of tunnels) {
      this.#hub.giveWay(agentName, connectedAt);
      const leave = new AbortController();
      now.set(
        id,
        before.get(id) ?? {
          agentName,
          leave,
          paths: new Map(
            clusters.map(({ name, endpoint = '' }) => [
              name,
              {
                agentName,
                endpoint,
                leaving: leave.signal,
                open: signal => openAt(socket, { id, cluster: name }, signal),
              },
            ]),
          ),
        },
      );
    }
    this.#siblings.set(worker, now);
    for (const [id, { leave }] of before) {
      if (!now.has(id)) {
        leave.abort();
      }
    }
  }
}

/**
 * A stream of a tunnel that ends in another worker.
 *
 * @throws Error when that worker has gone or cannot open it
 */
async function openAt(
  path: string,
  order: z.infer<typeof orderSchema>,
  signal: AbortSignal | undefined,
): Promise<Duplex> {
  signal?.throwIfAborted();
  const socket = connect({ path, allowHalfOpen: true });
  const abort = () => socket.destroy();
  socket.on('error', abort);
  signal?.addEventListener('abort', abort);
  try {
    socket.write(`${JSON.stringify(order)}\n`);
    const refusal = await readLine(socket, {
      maxBytes: MAX_LINE_BYTES,
      timeoutMs: STEP_TIMEOUT_MS,
    });
    if (refusal) {
      throw new Error(refusal);
    }
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    socket.off('error', abort);
    signal?.removeEventListener('abort', abort);
  }
}
