import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeFrames } from 'backstage-plugin-kubernetes-audit-common';

/** What a portal knows of the recordings that were delivered to it. */
export type DeliveredRecordings = {
  /** With their completion. */
  complete: number;
  /** Without it. */
  running: number;
  /** Of the recording that was completed last: its bytes as frames, and without compression. */
  lastBytes: number;
  lastUncompressedBytes: number;
  lastStatus: string | undefined;
};

const ROUTE = /^\/v1\/ingest\/recordings\/([^/]+)\/(?:chunks\/(\d+)|complete)$/;
const LAST = 'last.frames';

/** Takes recordings as the portal does: in order, checked; keeps the one that was completed last as a file. */
export class SinkRecordings {
  readonly #directory: string;
  readonly #running = new Map<
    string,
    { chunks: number; bytes: number; uncompressedBytes: number }
  >();
  #complete = 0;
  #last = { bytes: 0, uncompressedBytes: 0, status: '' };

  /** The file with the frames of the recording that was completed last. */
  static lastFile(directory: string): string {
    return join(directory, LAST);
  }

  /** @param directory - where the recordings are put; exists */
  static create(directory: string): SinkRecordings {
    return new SinkRecordings(directory);
  }

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** @returns undefined when it is no call about recordings */
  answer(path: string, body: Buffer): object | undefined {
    if (path === '/benchmark/recordings') {
      return this.#state();
    }
    const [, id, chunk] = ROUTE.exec(path) ?? [];
    if (!id) {
      return undefined;
    }
    if (chunk) {
      this.#put(id, Number(chunk), body);
    } else {
      this.#finish(id, JSON.parse(`${body}`).status);
    }
    return {};
  }

  #put(id: string, chunk: number, body: Buffer): void {
    const known = this.#running.get(id) ?? {
      chunks: 0,
      bytes: 0,
      uncompressedBytes: 0,
    };
    if (chunk < known.chunks) {
      // Once more, since the answer did not reach the agent.
      return;
    }
    if (chunk > known.chunks) {
      throw new Error(`chunk ${chunk} came when ${known.chunks} was next`);
    }
    known.chunks++;
    known.bytes += body.length;
    for (const { header } of decodeFrames(body)) {
      known.uncompressedBytes += header.uncompressedBytes;
    }
    this.#running.set(id, known);
    const file = join(this.#directory, id);
    (chunk === 0 ? writeFileSync : appendFileSync)(file, body);
  }

  #finish(id: string, status: string): void {
    const { bytes, uncompressedBytes } = this.#running.get(id) ?? {
      bytes: 0,
      uncompressedBytes: 0,
    };
    this.#running.delete(id);
    this.#complete++;
    this.#last = { bytes, uncompressedBytes, status };
    const last = SinkRecordings.lastFile(this.#directory);
    rmSync(last, { force: true });
    renameSync(join(this.#directory, id), last);
  }

  #state(): DeliveredRecordings {
    return {
      complete: this.#complete,
      running: this.#running.size,
      lastBytes: this.#last.bytes,
      lastUncompressedBytes: this.#last.uncompressedBytes,
      lastStatus: this.#last.status,
    };
  }
}
