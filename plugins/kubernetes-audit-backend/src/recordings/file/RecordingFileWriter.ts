import type {
  RecordingEvent,
  RecordingHeader,
} from 'backstage-plugin-kubernetes-audit-common';
import { AsciicastV2FileWriter } from './AsciicastV2FileWriter';
import { AsciicastV3FileWriter } from './AsciicastV3FileWriter';
import { TextFileWriter } from './TextFileWriter';

/** The formats that a recording is downloaded in. */
export const RECORDING_FILE_FORMATS = ['v2', 'v3', 'text'] as const;

export type RecordingFileFormat = (typeof RECORDING_FILE_FORMATS)[number];

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
