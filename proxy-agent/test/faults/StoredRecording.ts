import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { zstdDecompressSync } from 'node:zlib';
import {
  decodeFrames,
  decodeRecordingEvents,
  Frame,
  RecordingCompletion,
  RecordingEvent,
  recordingCompletionSchema,
  RecordingHeader,
  recordingHeaderSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import { matchingOutput } from './numberedOutput';

function eventsOf(frame: Frame): RecordingEvent[] {
  return decodeRecordingEvents(
    zstdDecompressSync(frame.body, {
      maxOutputLength: frame.header.uncompressedBytes,
    }),
    frame.header.firstTime,
  );
}

/** A recording as the portal takes it, chunk by chunk; of its output it keeps how much there is. */
export class StoredRecording {
  header: RecordingHeader | undefined;
  completion: RecordingCompletion | undefined;
  /** Bytes of output from the first that is as it should be. */
  outputBytes = 0;
  readonly #chunkHashes: string[] = [];
  #nextFrame = 0;

  static create(): StoredRecording {
    return new StoredRecording();
  }

  private constructor() {}

  /** @returns what is wrong with the call, if anything */
  putChunk(index: number, bytes: Buffer): string | undefined {
    const hash = createHash('sha256').update(bytes).digest('hex');
    if (index < this.#chunkHashes.length) {
      return this.#chunkHashes[index] === hash
        ? undefined
        : `chunk ${index} came again with other bytes`;
    }
    if (index > this.#chunkHashes.length) {
      return `chunk ${index} came when ${this.#chunkHashes.length} was next`;
    }
    if (this.completion) {
      return `chunk ${index} came after the completion`;
    }
    for (const frame of decodeFrames(bytes)) {
      const problem = this.#addFrame(frame);
      if (problem) {
        return problem;
      }
    }
    this.#chunkHashes.push(hash);
    return undefined;
  }

  /** @returns what is wrong with the call, if anything */
  complete(body: unknown): string | undefined {
    const completion = recordingCompletionSchema.parse(body);
    if (this.completion) {
      return isDeepStrictEqual(this.completion, completion)
        ? undefined
        : 'it was completed otherwise before';
    }
    if (completion.chunkCount !== this.#chunkHashes.length) {
      return `it is complete with ${completion.chunkCount} chunks, but ${
        this.#chunkHashes.length
      } came`;
    }
    this.completion = completion;
    return undefined;
  }

  #addFrame(frame: Frame): string | undefined {
    const { sequence } = frame.header;
    if (sequence !== this.#nextFrame) {
      return `frame ${sequence} came when ${this.#nextFrame} was next`;
    }
    this.#nextFrame++;
    for (const { type, data } of eventsOf(frame)) {
      if (type === 'header') {
        this.header = recordingHeaderSchema.parse(
          JSON.parse(Buffer.from(data).toString('utf8')),
        );
      } else if (type === 'output') {
        const matching = matchingOutput(data, this.outputBytes);
        this.outputBytes += matching;
        if (matching < data.length) {
          return `its output is wrong from byte ${this.outputBytes} on`;
        }
      }
    }
    return undefined;
  }
}
