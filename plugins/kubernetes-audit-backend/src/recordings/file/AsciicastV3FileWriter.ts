import {
  RecordingEvent,
  RecordingHeader,
  withWholeLineEnds,
} from 'backstage-plugin-kubernetes-audit-common';
import { z } from 'zod';
import type { RecordingFileWriter } from './RecordingFileWriter';
import { StreamDecoder } from './StreamDecoder';

const MICROSECONDS = 1_000_000;

const exitSchema = z.object({ exitCode: z.number().int() });

/**
 * asciicast v3: each event carries the time since the one before it, and the
 * exit code is an event.
 */
export class AsciicastV3FileWriter implements RecordingFileWriter {
  readonly #decoder = StreamDecoder.create();
  #lastTime = 0;

  static create(header: RecordingHeader): AsciicastV3FileWriter {
    return new AsciicastV3FileWriter(header);
  }

  private constructor(private readonly header: RecordingHeader) {}

  head(): string {
    const { size, startedAt, name, command } = this.header;
    const head = {
      version: 3,
      term: { cols: size.columns, rows: size.rows, type: 'xterm-256color' },
      timestamp: Math.floor(Date.parse(startedAt) / 1000),
      title: name,
      ...(command.length > 0 && { command: command.join(' ') }),
    };
    return `${JSON.stringify(head)}\n`;
  }

  write(event: RecordingEvent): string {
    const text = this.#decoder.decode(event);
    switch (event.type) {
      case 'output':
      case 'error':
        return this.#line(event, 'o', withWholeLineEnds(text, this.header));
      case 'input':
        return this.#line(event, 'i', text);
      case 'resize':
        return this.#line(event, 'r', text);
      case 'marker':
        return this.#line(event, 'm', text);
      case 'exit':
        return this.#line(event, 'x', exitCodeOf(text));
      default:
        return '';
    }
  }

  #line(event: RecordingEvent, code: string, text: string): string {
    if (text === '' && code !== 'm') {
      return '';
    }
    // Nothing in a file of this version goes back in time.
    const time = Math.max(event.time, this.#lastTime);
    const interval = (time - this.#lastTime) / MICROSECONDS;
    this.#lastTime = time;
    return `[${interval.toFixed(6)}, "${code}", ${JSON.stringify(text)}]\n`;
  }
}

function exitCodeOf(text: string): string {
  try {
    return String(exitSchema.parse(JSON.parse(text)).exitCode);
  } catch {
    // Ended without an exit code, by a limit or a lost connection.
    return '';
  }
}
