import cluster, { Worker } from 'node:cluster';
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Logger } from 'pino';
import { AggregatorRegistry } from 'prom-client';
import { asTakenOver, ConfigInForce } from '../config';
import type { WorkerReport } from '../tunnel';
import type { Readiness } from './AdminServer';
import {
  askMetrics,
  asksForConfig,
  readConfig,
  readReport,
  readTunnels,
  REPORT_INTERVAL_MS,
  tellConfig,
  tellToReload,
  tellTunnels,
} from './workerChannel';

/** A worker that has been silent for longer does not count as ready, in milliseconds. */
const SILENCE_MS = 6 * REPORT_INTERVAL_MS;
/** The pause before a worker that died is started again, in milliseconds. */
const RESTART_DELAY_MS = 1000;
/** The environment variable that gives a worker its number, from 1. */
const WORKER_VARIABLE = 'KUBERNETES_AUDIT_WORKER';

/** The environment variable by which all workers have the same instance id. */
const INSTANCE_VARIABLE = 'KUBERNETES_AUDIT_INSTANCE';

type Slot = {
  worker: Worker | undefined;
  /** The tunnels that end in it. */
  tunnels: WorkerReport;
  /** By a clock that nobody sets, in milliseconds. */
  reportedAt: number;
  readiness: Readiness[];
};

const NO_TUNNELS: WorkerReport = { socket: '', tunnels: [] };

/** What the primary calls the proxy, in a worker. */
export function workerInstance(): string | undefined {
  return process.env[INSTANCE_VARIABLE];
}

/** This process's number among the workers; undefined in a process that is none. */
export function workerNumber(): number | undefined {
  const number = Number(process.env[WORKER_VARIABLE]);
  return cluster.isWorker && number > 0 ? number : undefined;
}

/**
 * Several processes that serve one port, one for each core: Node's cluster
 * module deals the connections out. A worker that dies is started again with
 * its number, so that it finds its spool, and with the configuration that is in
 * force, whatever the file has become: it serves as the others do.
 */
export class ProxyWorkers {
  readonly #logger: Logger;
  readonly #slots: Slot[];
  readonly #instance = randomUUID();
  #inForce: ConfigInForce;
  #stopping = false;

  static start(inForce: ConfigInForce, logger: Logger): ProxyWorkers {
    return new ProxyWorkers(inForce, logger);
  }

  private constructor(inForce: ConfigInForce, logger: Logger) {
    this.#logger = logger;
    this.#inForce = inForce;
    this.#slots = Array.from({ length: inForce.config.workers }, () => ({
      worker: undefined,
      tunnels: NO_TUNNELS,
      reportedAt: -Infinity,
      readiness: [],
    }));
    this.#slots.forEach((_, index) => this.#fork(index));
  }

  readiness(): Readiness[] {
    return this.#slots.flatMap(({ reportedAt, readiness }, index) => {
      const name = `worker-${index + 1}`;
      if (performance.now() - reportedAt > SILENCE_MS) {
        return [{ name, ready: false, detail: 'it does not answer' }];
      }
      return readiness.map(item => ({ ...item, name: `${name}/${item.name}` }));
    });
  }

  /** The sums over all workers that answer. */
  async metrics(): Promise<string> {
    const answers = await Promise.all(
      this.#slots.map(({ worker }) =>
        worker?.isConnected() ? askMetrics(worker) : undefined,
      ),
    );
    const known = answers.filter(answer => answer !== undefined);
    return await AggregatorRegistry.aggregate(known).metrics();
  }

  /** Tells all workers to reload their configuration. */
  reload(): void {
    for (const { worker } of this.#slots) {
      if (worker?.isConnected()) {
        tellToReload(worker);
      }
    }
  }

  /** Ends all workers, each gracefully; resolves when they have gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(
      this.#slots.map(
        ({ worker }) =>
          new Promise<void>(resolve => {
            if (!worker || worker.isDead()) {
              resolve();
              return;
            }
            worker.once('exit', () => resolve());
            worker.process.kill('SIGTERM');
          }),
      ),
    );
  }

  #fork(index: number): void {
    const slot = this.#slots[index];
    const worker = cluster.fork({
      [WORKER_VARIABLE]: `${index + 1}`,
      [INSTANCE_VARIABLE]: this.#instance,
    });
    slot.worker = worker;
    worker.on('message', message => {
      if (asksForConfig(message)) {
        tellConfig(worker, this.#inForce);
        return;
      }
      const readiness = readReport(message);
      if (readiness) {
        slot.readiness = readiness;
        slot.reportedAt = performance.now();
        return;
      }
      const tunnels = readTunnels(message);
      if (tunnels) {
        this.#useTunnels(index, tunnels);
        return;
      }
      const taken = readConfig(message);
      if (taken) {
        this.#inForce = {
          config: asTakenOver(this.#inForce.config, taken.config),
          files: taken.files,
        };
      }
    });
    worker.once('exit', (code, signal) => {
      slot.reportedAt = -Infinity;
      this.#useTunnels(index, NO_TUNNELS);
      if (!this.#stopping) {
        this.#logger.error(
          { worker: index + 1, code, signal },
          'a worker died; it is started again',
        );
        setTimeout(() => {
          if (!this.#stopping) {
            this.#fork(index);
          }
        }, RESTART_DELAY_MS);
      }
    });
  }

  /** Tells all other workers of the tunnels of one, and that one of theirs: it may have just been started. */
  #useTunnels(index: number, report: WorkerReport): void {
    const own = this.#slots[index];
    own.tunnels = report;
    this.#slots.forEach(({ worker, tunnels }, other) => {
      if (other === index) {
        return;
      }
      if (worker?.isConnected()) {
        tellTunnels(worker, index + 1, report);
      }
      if (own.worker?.isConnected()) {
        tellTunnels(own.worker, other + 1, tunnels);
      }
    });
  }
}
