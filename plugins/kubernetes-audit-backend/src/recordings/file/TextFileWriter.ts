import type { RecordingEvent } from 'backstage-plugin-kubernetes-audit-common';
import type { RecordingFileWriter } from './RecordingFileWriter';
import { StreamDecoder } from './StreamDecoder';
import { TerminalTextExtractor } from './TerminalTextExtractor';

/** What was printed, as plain text. */
export class TextFileWriter implements RecordingFileWriter {
  readonly #decoder = StreamDecoder.create();
  readonly #extractor = TerminalTextExtractor.create();

  static create(): TextFileWriter {
    return new TextFileWriter();
  }

  private constructor() {}

  head(): string {
    return '';
  }

  write(event: RecordingEvent): string {
    return event.type === 'output' || event.type === 'error'
      ? this.#extractor.extract(this.#decoder.decode(event))
      : '';
  }
}
