import {
  asciicastHeader,
  AsciicastWriter,
  RecordingEvent,
  RecordingHeader,
} from 'backstage-plugin-kubernetes-audit-common';
import type { RecordingFileWriter } from './RecordingFileWriter';

/** asciicast v2. */
export class AsciicastV2FileWriter implements RecordingFileWriter {
  readonly #writer: AsciicastWriter;

  static create(header: RecordingHeader): AsciicastV2FileWriter {
    return new AsciicastV2FileWriter(header);
  }

  private constructor(private readonly header: RecordingHeader) {
    this.#writer = AsciicastWriter.create(header);
  }

  head(): string {
    return `${asciicastHeader(this.header)}\n`;
  }

  write(event: RecordingEvent): string {
    return this.#writer.write(event);
  }
}
