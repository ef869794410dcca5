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
    switch (event.type) {
      case 'output':
      case 'error':
        return this.#extractor.extract(this.#decoder.decode(event));
      case 'marker':
        // What is missing is told by one.
        return noteOf(this.#decoder.decode(event));
      default:
        return '';
    }
  }
}

/** A line of its own, of which nothing may write to a terminal either. */
function noteOf(marker: string): string {
  const text = TerminalTextExtractor.create().extract(marker);
  return text === '' ? '' : `\n[${text}]\n`;
}
