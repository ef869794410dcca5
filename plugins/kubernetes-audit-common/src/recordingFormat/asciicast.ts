import type { RecordingHeader } from '../recording';
import type { RecordingEvent } from './recordingEvent';

const MICROSECONDS = 1_000_000;

/** Keeps a byte order mark: the session printed it. */
const newDecoder = () => new TextDecoder('utf-8', { ignoreBOM: true });

/** The first line of an asciicast v2 file, without its line end. @public */
export function asciicastHeader(header: RecordingHeader): string {
  return JSON.stringify({
    version: 2,
    width: header.size.columns,
    height: header.size.rows,
    timestamp: Math.floor(Date.parse(header.startedAt) / 1000),
    title: header.name,
    ...(header.command.length > 0 && { command: header.command.join(' ') }),
    env: { TERM: 'xterm-256color' },
  });
}

/**
 * Output as a player's terminal wants it: where the session had none of its
 * own, nothing has made its line ends whole.
 *
 * @public
 */
export function withWholeLineEnds(
  output: string,
  session: Pick<RecordingHeader, 'tty'>,
): string {
  return session.tty ? output : output.replace(/\r?\n/g, '\r\n');
}

/**
 * Turns a recording's events, in order, into lines of asciicast v2. It keeps
 * the bytes of characters that are split across events until they are whole.
 *
 * @public
 */
export class AsciicastWriter {
  readonly #decoders = {
    output: newDecoder(),
    error: newDecoder(),
    input: newDecoder(),
    other: newDecoder(),
  };

  /** @param session - one with a terminal unless it is given */
  static create(
    session: Pick<RecordingHeader, 'tty'> = { tty: true },
  ): AsciicastWriter {
    return new AsciicastWriter(session);
  }

  private constructor(private readonly session: Pick<RecordingHeader, 'tty'>) {}

  /** The event's line with its line end, or an empty string when it has none. */
  write(event: RecordingEvent): string {
    switch (event.type) {
      case 'output':
      case 'error':
        return this.#line(
          event,
          'o',
          withWholeLineEnds(this.#decode(event.type, event), this.session),
        );
      case 'input':
        return this.#line(event, 'i', this.#decode('input', event));
      case 'resize':
        return this.#line(event, 'r', this.#decoders.other.decode(event.data));
      case 'marker':
        return this.#line(event, 'm', this.#decoders.other.decode(event.data));
      default:
        // Header and exit have no place in asciicast v2.
        return '';
    }
  }

  #decode(stream: 'output' | 'error' | 'input', event: RecordingEvent) {
    return this.#decoders[stream].decode(event.data, { stream: true });
  }

  #line(event: RecordingEvent, code: string, text: string): string {
    if (text === '' && code !== 'm') {
      return '';
    }
    const seconds = (event.time / MICROSECONDS).toFixed(6);
    return `[${seconds}, "${code}", ${JSON.stringify(text)}]\n`;
  }
}
