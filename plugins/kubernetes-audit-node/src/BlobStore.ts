import type { Readable } from 'node:stream';

/** An object in a {@link BlobStore}, without its bytes. @public */
export type BlobSummary = {
  key: string;
  sizeBytes: number;
  /** When it was put last, by the clock of the store. */
  lastModified: Date;
};

/**
 * Where the portal keeps the chunks of recordings.
 *
 * Keys are paths of one or more segments, `recordings/<id>/<name>`; a segment
 * consists of ASCII letters, digits, `.`, `_` and `-` and is neither `.` nor
 * `..`. Objects are immutable and named by their content: whoever puts a key
 * again puts the same bytes, so a store may keep either copy.
 *
 * @public
 */
export interface BlobStore {
  /**
   * Stores an object. Resolves once it is durable: the portal acknowledges
   * what the caller then deletes. A reader never sees half of an object.
   *
   * @returns the bytes of the object
   */
  put(key: string, body: Uint8Array | Readable): Promise<{ sizeBytes: number }>;

  /**
   * The bytes of an object. The caller reads the stream to its end or destroys it.
   *
   * @throws NotFoundError of `@backstage/errors` when there is no such object
   */
  get(key: string): Promise<Readable>;

  /**
   * Deletes all objects below a prefix, which ends with `/`: `recordings/<id>/`.
   * To delete what is not there is no error.
   */
  delete(prefix: string): Promise<void>;

  /**
   * Deletes one object. To delete what is not there is no error.
   */
  deleteObject(key: string): Promise<void>;

  /**
   * All objects below a prefix, which ends with `/`, however many: a store reads
   * them a page at a time. Those below a longer prefix (`recordings/<id>/`) come
   * one after the other; there is no other order. What is put or deleted
   * meanwhile may be among them or not.
   */
  list(prefix: string): AsyncIterable<BlobSummary>;
}
