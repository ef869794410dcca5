import { isError } from '@backstage/errors';
import { Worker } from 'node:worker_threads';
import type {
  IndexedPart,
  IndexingRequest,
  IndexingResponse,
} from './indexingProtocol';
import { INDEXING_WORKER, INDEXING_WORKER_FILE } from './indexingWorker';
import type { PartRange } from './planParts';

/** JavaScript objects of the worker, in MiB. */
const MEMORY_LIMIT_MIB = 512;
/** To index a part takes a second or two. */
const PART_TIMEOUT_MS = 120_000;

/** Why a part cannot be indexed, however often it is tried. */
export class IndexingError extends Error {
  readonly name = 'IndexingError';

  constructor(readonly code: 'timeout' | 'memory' | 'crash', message: string) {
    super(message);
  }
}

/** The thread was stopped; nothing is known of the part. */
export class IndexingStoppedError extends Error {
  readonly name = 'IndexingStoppedError';
}

/** A part to index. */
export type IndexingJob = {
  range: PartRange;
  /** The compressed sidecar of the chunks before it; absent for the first. */
  before: Uint8Array | undefined;
  /** Whether the recording ends with it. */
  isComplete: boolean;
  readChunk(index: number): Promise<Uint8Array>;
};

/**
 * Indexes parts in a worker thread, off the event loop that answers requests.
 * One job at a time; the thread starts with the first.
 */
export class IndexingThread {
  readonly #memoryLimitMib: number;
  readonly #partTimeoutMs: number;
  #worker: Worker | undefined;
  /** A thread that never answered says nothing of what it was asked. */
  #hasAnswered = false;
  #isStopped = false;
  #abandon: ((error: Error) => void) | undefined;

  static create(
    options: { memoryLimitMib?: number; partTimeoutMs?: number } = {},
  ): IndexingThread {
    return new IndexingThread(options);
  }

  private constructor(options: {
    memoryLimitMib?: number;
    partTimeoutMs?: number;
  }) {
    this.#memoryLimitMib = options.memoryLimitMib ?? MEMORY_LIMIT_MIB;
    this.#partTimeoutMs = options.partTimeoutMs ?? PART_TIMEOUT_MS;
  }

  /**
   * @throws IndexingError; IndexingStoppedError; another Error when the thread does not start; what `readChunk` throws
   */
  async index(job: IndexingJob): Promise<IndexedPart & { isFailed: boolean }> {
    const { range, before, isComplete } = job;
    // Reading chunks takes as long as it takes: it says nothing of the part.
    const budget = { remainingMs: this.#partTimeoutMs };
    const begun = await this.#ask(
      { type: 'begin', range, before },
      'begun',
      budget,
    );
    for (let index = begun.firstChunk; index < range.to; index++) {
      const bytes = await job.readChunk(index);
      await this.#ask({ type: 'chunk', index, bytes }, 'added', budget);
    }
    return this.#ask({ type: 'finish', isComplete }, 'finished', budget);
  }

  /** Ends the thread and what it does. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#end(new IndexingStoppedError('the indexing was stopped'));
  }

  async #ask<T extends IndexingResponse['type']>(
    request: IndexingRequest,
    type: T,
    budget: { remainingMs: number },
  ): Promise<Extract<IndexingResponse, { type: T }>> {
    const timeout = setTimeout(() => {
      const message = `replaying took longer than ${this.#partTimeoutMs} ms`;
      this.#end(new IndexingError('timeout', message));
    }, budget.remainingMs);
    const startedAt = performance.now();
    const response = await this.#send(request).finally(() => {
      clearTimeout(timeout);
      budget.remainingMs -= performance.now() - startedAt;
    });
    if (response.type !== type) {
      throw new IndexingError(
        'crash',
        response.type === 'failed' ? response.message : 'unexpected answer',
      );
    }
    return response as Extract<IndexingResponse, { type: T }>;
  }

  async #send(request: IndexingRequest): Promise<IndexingResponse> {
    if (this.#isStopped) {
      throw new IndexingStoppedError('the indexing was stopped');
    }
    const worker = (this.#worker ??= this.#start());
    return new Promise((resolve, reject) => {
      worker.ref();
      worker.once('message', (response: IndexingResponse) => {
        this.#abandon = undefined;
        this.#hasAnswered = true;
        // An idle thread does not keep the process.
        worker.unref();
        resolve(response);
      });
      this.#abandon = reject;
      worker.postMessage(request);
    });
  }

  #start(): Worker {
    const worker = new Worker(INDEXING_WORKER_FILE, {
      workerData: INDEXING_WORKER,
      execArgv: INDEXING_WORKER_FILE.endsWith('.ts') ? loadTypeScript() : [],
      resourceLimits: { maxOldGenerationSizeMb: this.#memoryLimitMib },
    });
    this.#hasAnswered = false;
    worker.unref();
    worker.on('error', error => {
      if (this.#worker === worker) {
        this.#end(toIndexingError(error, this.#memoryLimitMib));
      }
    });
    return worker;
  }

  /** Ends the worker whatever it does; the next job starts another. */
  async #end(error: Error): Promise<void> {
    const worker = this.#worker;
    const abandon = this.#abandon;
    const reason =
      this.#hasAnswered || error instanceof IndexingStoppedError
        ? error
        : new Error(`the indexing thread did not start: ${error.message}`);
    this.#worker = undefined;
    this.#abandon = undefined;
    await worker?.terminate();
    abandon?.(reason);
  }
}

function toIndexingError(
  error: unknown,
  memoryLimitMib: number,
): IndexingError {
  const isOutOfMemory =
    isError(error) && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return isOutOfMemory
    ? new IndexingError(
        'memory',
        `replaying took more than ${memoryLimitMib} MiB of memory`,
      )
    : new IndexingError('crash', `the emulator failed: ${error}`);
}

/** A new thread of a process that runs from sources has to learn TypeScript anew. */
function loadTypeScript(): string[] {
  return [
    '--require',
    require.resolve('@backstage/cli/config/nodeTransform.cjs'),
  ];
}
