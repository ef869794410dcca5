import { configure, ZipWriter } from '@zip.js/zip.js';
import { Readable } from 'node:stream';

/** WinZip's number of AES-256, in its format AE-2. */
const AES_256 = 3;

// Node has no web workers.
configure({ useWebWorkers: false });

/**
 * A ZIP archive with one file in it, encrypted with AES-256 (WinZip AE-2), as
 * it is made: nothing of it is kept. It is a ZIP64, whatever its size, since
 * that is known at the end alone.
 *
 * @returns its bytes; an error of `content` is an error of the stream
 */
export function encryptedZip(options: {
  /** Of the file in the archive. */
  fileName: string;
  content: AsyncIterable<Uint8Array>;
  password: string;
}): Readable {
  const { fileName, content, password } = options;
  const file = new TransformStream<Uint8Array, Uint8Array>();
  const archive = new TransformStream<Uint8Array, Uint8Array>();
  const writer = new ZipWriter(archive.writable, { zip64: true });
  const written = Promise.all([
    feed(content, file.writable),
    writer
      .add(fileName, file.readable, { password, encryptionStrength: AES_256 })
      .then(() => writer.close()),
  ]);
  return Readable.from(bytesOf(archive.readable, written), {
    objectMode: false,
  });
}

async function feed(
  content: AsyncIterable<Uint8Array>,
  writable: WritableStream<Uint8Array>,
): Promise<void> {
  const writer = writable.getWriter();
  try {
    for await (const chunk of content) {
      await writer.ready;
      await writer.write(chunk);
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error);
    throw error;
  }
}

/** What can be read until what writes it has failed. */
async function* bytesOf(
  readable: ReadableStream<Uint8Array>,
  written: Promise<unknown>,
): AsyncGenerator<Uint8Array> {
  const reader = readable.getReader();
  const failed = written.then(() => new Promise<never>(() => {}));
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), failed]);
      if (done) {
        return;
      }
      yield value;
    }
  } finally {
    // Who stops reading stops the writing.
    reader.cancel().catch(() => {});
    failed.catch(() => {});
  }
}
