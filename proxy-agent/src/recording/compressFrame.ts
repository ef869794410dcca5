import { promisify } from 'node:util';
import {
  constants,
  createZstdCompress,
  ZstdCompress,
  zstdCompress,
  ZstdOptions,
} from 'node:zlib';
import { FRAME_TARGET_BYTES } from 'backstage-plugin-kubernetes-audit-common';

const compressOnce = promisify(zstdCompress);

/** zstd's fastest level, for output that comes faster than anybody reads. */
const BULK_LEVEL = 1;
/** For frames that time has closed: some milliseconds every two seconds, a twentieth less to store. */
const UNHURRIED_LEVEL = 7;

/** Of the memory that compressed bodies are cut from; with room for one as a whole, zstd needs no second look. */
const OUTPUT_BYTES = 2 * FRAME_TARGET_BYTES;

/**
 * Compresses full frames one after the other. It keeps zstd's memory: to take
 * and to leave a megabyte for each frame would keep the garbage collector busy.
 */
class BulkCompressor {
  readonly #stream: ZstdCompress;
  #output: Buffer[] = [];
  #last: Promise<unknown> = Promise.resolve();
  #failed = false;

  static create(): BulkCompressor {
    return new BulkCompressor();
  }

  private constructor() {
    this.#stream = createZstdCompress({
      params: { [constants.ZSTD_c_compressionLevel]: BULK_LEVEL },
      chunkSize: OUTPUT_BYTES,
      // Each write is a frame of zstd's.
      flush: constants.ZSTD_e_end,
    });
    this.#stream.on('data', piece => this.#output.push(piece));
    this.#stream.on('error', () => {
      this.#failed = true;
    });
  }

  /** It is of no more use. */
  get failed(): boolean {
    return this.#failed;
  }

  async compress(body: Uint8Array): Promise<Buffer> {
    const compressed = this.#last.then(() => this.#compressNow(body));
    this.#last = compressed.catch(() => {});
    return await compressed;
  }

  async #compressNow(body: Uint8Array): Promise<Buffer> {
    this.#output = [];
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(body, error => (error ? reject(error) : resolve()));
    });
    const [first, ...others] = this.#output;
    return others.length === 0 ? first : Buffer.concat(this.#output);
  }
}

let bulk = BulkCompressor.create();

/** The body of a frame as it is stored, compressed off the event loop. */
export async function compressFrame(body: Uint8Array): Promise<Buffer> {
  if (body.length < FRAME_TARGET_BYTES) {
    const options: ZstdOptions & { pledgedSrcSize: number } = {
      params: { [constants.ZSTD_c_compressionLevel]: UNHURRIED_LEVEL },
      // It takes no more memory than that needs.
      pledgedSrcSize: body.length,
    };
    return await compressOnce(body, options);
  }
  if (bulk.failed) {
    bulk = BulkCompressor.create();
  }
  return await bulk.compress(body);
}
