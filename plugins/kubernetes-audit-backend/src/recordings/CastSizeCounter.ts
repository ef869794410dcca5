import {
  asciicastHeader,
  AsciicastWriter,
  RecordingEvent,
  RecordingHeader,
} from 'backstage-plugin-kubernetes-audit-common';
import { incompleteCharacter } from './incompleteCharacter';

const STREAMS = ['output', 'error', 'input'] as const;
type Stream = (typeof STREAMS)[number];

/** What the count needs to go on: bytes, and each stream's character that is not whole yet, in hex. */
export type CastSizeState = {
  sizeBytes: number;
  incomplete: Record<Stream, string>;
};

/**
 * Counts the bytes of a recording as asciicast v2, chunk by chunk and exactly:
 * a character that two chunks share is carried over.
 */
export class CastSizeCounter {
  readonly #writer: AsciicastWriter;
  readonly #tails: Record<Stream, Uint8Array>;
  #sizeBytes: number;

  /** A count that begins with the first line of the file. */
  static create(header: RecordingHeader): CastSizeCounter {
    return new CastSizeCounter(header, {
      sizeBytes: Buffer.byteLength(`${asciicastHeader(header)}\n`),
      incomplete: { output: '', error: '', input: '' },
    });
  }

  static resume(
    header: RecordingHeader,
    state: CastSizeState,
  ): CastSizeCounter {
    return new CastSizeCounter(header, state);
  }

  private constructor(
    header: RecordingHeader,
    { sizeBytes, incomplete }: CastSizeState,
  ) {
    this.#writer = AsciicastWriter.create(header);
    this.#sizeBytes = sizeBytes;
    this.#tails = {
      output: Buffer.from(incomplete.output, 'hex'),
      error: Buffer.from(incomplete.error, 'hex'),
      input: Buffer.from(incomplete.input, 'hex'),
    };
    // Not a whole character yet, so the writer keeps it and writes nothing.
    for (const type of STREAMS) {
      this.#writer.write({ type, time: 0, data: this.#tails[type] });
    }
  }

  add(event: RecordingEvent): void {
    this.#sizeBytes += Buffer.byteLength(this.#writer.write(event));
    const stream = STREAMS.find(type => type === event.type);
    if (stream) {
      this.#tails[stream] = incompleteCharacter(
        Buffer.concat([this.#tails[stream], event.data]),
      );
    }
  }

  get state(): CastSizeState {
    const hex = (stream: Stream) =>
      Buffer.from(this.#tails[stream]).toString('hex');
    return {
      sizeBytes: this.#sizeBytes,
      incomplete: {
        output: hex('output'),
        error: hex('error'),
        input: hex('input'),
      },
    };
  }
}
