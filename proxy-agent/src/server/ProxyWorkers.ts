import cluster, { Worker } from 'node:cluster';
import { performance } from 'node:perf_hooks';
import type { Logger } from 'pino';
import { AggregatorRegistry } from 'prom-client';
import type { Readiness } from './AdminServer';
import {
  askMetrics,
  readReport,
  REPORT_INTERVAL_MS,
  tellToReload,
} from './workerChannel';

/** A worker that has been silent for longer does not count as ready, in milliseconds. */
const SILENCE_MS = 6 * REPORT_INTERVAL_MS;
/** The pause before a worker that died is started again, in milliseconds. */
const RESTART_DELAY_MS = 1000;
/** The environment variable that gives a worker its number, from 1. */
const WORKER_VARIABLE = 'KUBERNETES_AUDIT_WORKER';

type Slot = {
  worker: Worker | undefined;
  /** By a clock that nobody sets, in milliseconds. */
  reportedAt: number;
  readiness: Readiness[];
};

/** This process's number among the workers; undefined in a process that is none. */
export function workerNumber(): number | undefined {
  const number = Number(process.env[WORKER_VARIABLE]);
  return cluster.isWorker && number > 0 ? number : undefined;
}

/**
 * Several processes that serve one port, one for each core: Node's cluster
 * module deals the connections out. A worker that dies is started again with
 * its number, so that it finds its spool.
 */
export class ProxyWorkers {
  readonly #logger: Logger;
  readonly #slots: Slot[];
  #stopping = false;

  static start(count: number, logger: Logger): ProxyWorkers {
    return new ProxyWorkers(count, logger);
  }

  private constructor(count: number, logger: Logger) {
    this.#logger = logger;
    this.#slots = Array.from({ length: count }, () => ({
      worker: undefined,
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
    const worker = cluster.fork({ [WORKER_VARIABLE]: `${index + 1}` });
    slot.worker = worker;
    worker.on('message', message => {
      const readiness = readReport(message);
      if (readiness) {
        slot.readiness = readiness;
        slot.reportedAt = performance.now();
      }
    });
    worker.once('exit', (code, signal) => {
      slot.reportedAt = -Infinity;
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
}
