import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import {
  decodeFrame,
  FRAME_HEADER_BYTES,
  MAX_FRAME_BODY_BYTES,
  RecordingCompletion,
  recordingCompletionSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import { writeFileAtomically } from './atomicFile';

const FRAMES = 'frames';
const COMPLETION = 'completion.json';
const UPLOADED = 'uploaded.json';
const JOURNAL = /^journal-(\d+)$/;
/** Behind the name of a directory that is being removed. */
const REMOVED = '.removed';

/** How far a recording's upload has come. */
export type UploadPosition = { nextChunk: number; offset: number };

/**
 * One recording on the proxy's disk:
 *
 *   frames           the closed frames, one behind the other
 *   journal-<n>      the events of frame n, raw, until it is in `frames`
 *   completion.json  how it ended; absent while the session runs
 *   uploaded.json    what the portal has acknowledged
 */
export class RecordingDirectory {
  readonly id: string;
  readonly path: string;

  /** Removes what is left of those whose removal a kill broke off. */
  static sweep(root: string): void {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    readdirSync(root)
      .filter(name => name.endsWith(REMOVED))
      .forEach(name => rmSync(`${root}/${name}`, { recursive: true }));
  }

  /** Makes the directory of a new recording. */
  static create(root: string, id: string): RecordingDirectory {
    const directory = new RecordingDirectory(root, id);
    mkdirSync(directory.path, { recursive: true, mode: 0o700 });
    return directory;
  }

  /** The recordings under a root, oldest id first. */
  static list(root: string): RecordingDirectory[] {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    return readdirSync(root, { withFileTypes: true })
      .filter(entry => entry.isDirectory() && !entry.name.endsWith(REMOVED))
      .map(entry => entry.name)
      .sort()
      .map(id => new RecordingDirectory(root, id));
  }

  private constructor(root: string, id: string) {
    this.id = id;
    this.path = `${root}/${id}`;
  }

  get framesFile(): string {
    return `${this.path}/${FRAMES}`;
  }

  journalFile(sequence: number): string {
    return `${this.path}/journal-${sequence}`;
  }

  /** Sequences of the frames that are still journals, in order. */
  journals(): number[] {
    return readdirSync(this.path)
      .map(name => JOURNAL.exec(name)?.[1])
      .filter(sequence => sequence !== undefined)
      .map(Number)
      .sort((a, b) => a - b);
  }

  /** Bytes on the disk. */
  bytes(): number {
    return readdirSync(this.path).reduce(
      (sum, name) => sum + statSync(`${this.path}/${name}`).size,
      0,
    );
  }

  get isComplete(): boolean {
    return existsSync(`${this.path}/${COMPLETION}`);
  }

  completion(): RecordingCompletion | undefined {
    const content = this.#read(COMPLETION);
    return content
      ? recordingCompletionSchema.parse(JSON.parse(content))
      : undefined;
  }

  complete(completion: RecordingCompletion): void {
    writeFileAtomically(
      `${this.path}/${COMPLETION}`,
      JSON.stringify(completion),
    );
  }

  uploaded(): UploadPosition {
    const content = this.#read(UPLOADED);
    return content ? JSON.parse(content) : { nextChunk: 0, offset: 0 };
  }

  setUploaded(position: UploadPosition): void {
    writeFileAtomically(`${this.path}/${UPLOADED}`, JSON.stringify(position));
  }

  /**
   * The closed frame at an offset of the frames file.
   *
   * @returns undefined when no whole frame is there (yet)
   * @throws FrameError when the bytes there are no frame
   */
  async readFrame(offset: number): Promise<Buffer | undefined> {
    const handle = await open(this.framesFile, 'r').catch(error => {
      if (error.code === 'ENOENT') {
        return undefined;
      }
      throw error;
    });
    if (!handle) {
      return undefined;
    }
    try {
      const { size } = await handle.stat();
      const length = Math.min(
        size - offset,
        FRAME_HEADER_BYTES + MAX_FRAME_BODY_BYTES,
      );
      const head = Buffer.alloc(Math.min(length, FRAME_HEADER_BYTES));
      await handle.read(head, 0, head.length, offset);
      if (head.length < FRAME_HEADER_BYTES) {
        return undefined;
      }
      // The whole header is checked with the body below; this only sizes the read.
      const bodyBytes = head.readUInt32LE(12);
      const bytes = Buffer.alloc(
        Math.min(length, FRAME_HEADER_BYTES + bodyBytes),
      );
      await handle.read(bytes, 0, bytes.length, offset);
      const frame = decodeFrame(bytes);
      return frame && bytes.subarray(0, frame.totalBytes);
    } finally {
      await handle.close();
    }
  }

  /**
   * Removes the recording at once: of one whose completion is gone and whose
   * frames are not, a proxy that was killed would say another end than the one
   * that the portal has.
   */
  remove(): void {
    const removed = `${this.path}${REMOVED}`;
    renameSync(this.path, removed);
    rmSync(removed, { recursive: true });
  }

  #read(name: string): string | undefined {
    try {
      return readFileSync(`${this.path}/${name}`, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        return undefined;
      }
      throw error;
    }
  }
}
