import type {
  RecordingEvent,
  RecordingFileFormat,
  RecordingHeader,
} from 'backstage-plugin-kubernetes-audit-common';
import { AsciicastV2FileWriter } from './AsciicastV2FileWriter';
import { AsciicastV3FileWriter } from './AsciicastV3FileWriter';
import { TextFileWriter } from './TextFileWriter';

/** Turns the events of one recording, in order, into the text of a file. */
export interface RecordingFileWriter {
  /** What the file begins with. */
  head(): string;
  /** What the event adds; may be empty. */
  write(event: RecordingEvent): string;
}

export function createRecordingFileWriter(
  format: RecordingFileFormat,
  header: RecordingHeader,
): RecordingFileWriter {
  switch (format) {
    case 'v2':
      return AsciicastV2FileWriter.create(header);
    case 'v3':
      return AsciicastV3FileWriter.create(header);
    default:
      return TextFileWriter.create();
  }
}
