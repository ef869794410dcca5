import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import {
  RecordingCompletion,
  recordingCompletionSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import { writeFileAtomically } from './atomicFile';
import { FrameReader } from './FrameReader';

const FRAMES = 'frames';
const COMPLETION = 'completion.json';
const UPLOADED = 'uploaded.json';
const JOURNAL = /^journal-(\d+)$/;
/** Behind the name of a directory that is being removed. */
const REMOVED = '.removed';

/** Of the frames of one recording, what is kept in memory until it is read, in bytes. */
const MAX_RECENT_BYTES = 512 * 1024;
/** More than a position takes as JSON. */
const UPLOADED_BYTES = 80;

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
  /** By their offsets. */
  readonly #recent = new Map<number, Uint8Array>();
  #recentBytes = 0;
  /** Of older ones. */
  readonly #reader: FrameReader;
  /** Bytes of closed frames, where a session writes them. */
  #written: number | undefined;

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
    this.#reader = FrameReader.of(this.framesFile);
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
    // Asked for each frame: that there is none yet must not cost an exception.
    const content = this.isComplete && this.#read(COMPLETION);
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
    try {
      return JSON.parse(this.#read(UPLOADED) ?? '');
    } catch {
      // After a power loss it can be anything: what is sent once more changes nothing.
      return { nextChunk: 0, offset: 0 };
    }
  }

  /**
   * Written over what was there, neither synced nor renamed: it is said for each
   * frame, and worth no more than the time to send frames once more.
   */
  setUploaded(position: UploadPosition): void {
    const handle = openSync(
      `${this.path}/${UPLOADED}`,
      constants.O_WRONLY | constants.O_CREAT,
      0o600,
    );
    try {
      // Always as long, so that nothing of what was there is left behind it.
      writeSync(handle, JSON.stringify(position).padEnd(UPLOADED_BYTES));
    } finally {
      closeSync(handle);
    }
  }

  /** Keeps a frame that was just written for its delivery, which is close behind as a rule. */
  keepRecent(offset: number, frame: Uint8Array): void {
    this.#recent.set(offset, frame);
    this.#recentBytes += frame.length;
    this.#written = offset + frame.length;
    for (const oldest of this.#recent.keys()) {
      if (this.#recentBytes <= MAX_RECENT_BYTES) {
        break;
      }
      this.#takeRecent(oldest);
    }
  }

  /**
   * The closed frame at an offset of the frames file.
   *
   * @returns its bytes, good until the next call; undefined when no whole frame is there (yet)
   * @throws FrameError when the bytes there are no frame
   */
  async readFrame(offset: number): Promise<Buffer | undefined> {
    if (offset === this.#written) {
      this.#reader.release();
      return undefined;
    }
    const recent = this.#takeRecent(offset);
    if (recent) {
      return Buffer.from(recent.buffer, recent.byteOffset, recent.length);
    }
    return await this.#reader.read(offset, this.#written);
  }

  #takeRecent(offset: number): Uint8Array | undefined {
    const recent = this.#recent.get(offset);
    this.#recent.delete(offset);
    this.#recentBytes -= recent?.length ?? 0;
    return recent;
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
