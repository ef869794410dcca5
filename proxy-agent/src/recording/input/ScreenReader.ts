const ESCAPE = 0x1b;
const BELL = 0x07;
const CANCEL = 0x18;
const SUBSTITUTE = 0x1a;
const SPACE = 0x20;
const BACKSLASH = 0x5c;
const CSI = '['.charCodeAt(0);
const STRINGS = new Set(Array.from(']P_^X', text => text.charCodeAt(0)));
/** Of a sequence, what is told of it, in bytes. */
const MAX_TOLD_BYTES = 32;

type State = 'ground' | 'escape' | 'csi' | 'string';

/** Who is told what a terminal gets. */
export interface ScreenSink {
  /** A byte of text, or a control character. */
  onByte(byte: number): void;
  /** A control sequence without its introducer: `?1049l`. */
  onSequence(sequence: string): void;
}

/** Tells text from escape sequences in what is sent to a terminal, byte by byte. */
export class ScreenReader {
  readonly #sink: ScreenSink;
  #state: State = 'ground';
  #sequence = '';
  #last = 0;

  static create(sink: ScreenSink): ScreenReader {
    return new ScreenReader(sink);
  }

  private constructor(sink: ScreenSink) {
    this.#sink = sink;
  }

  /** Some bytes were left out. */
  reset(): void {
    this.#state = 'ground';
  }

  /** @param byte - the next one */
  read(byte: number): void {
    const last = this.#last;
    this.#last = byte;
    switch (this.#state) {
      case 'escape':
        this.#readEscape(byte);
        break;
      case 'csi':
        this.#readSequence(byte);
        break;
      case 'string':
        if (
          [BELL, CANCEL, SUBSTITUTE].includes(byte) ||
          (last === ESCAPE && byte === BACKSLASH)
        ) {
          this.#state = 'ground';
        }
        break;
      default:
        if (byte === ESCAPE) {
          this.#state = 'escape';
        } else {
          this.#sink.onByte(byte);
        }
    }
  }

  #readEscape(byte: number): void {
    if (byte === CSI) {
      this.#state = 'csi';
      this.#sequence = '';
    } else if (STRINGS.has(byte)) {
      this.#state = 'string';
    } else if (byte >= 0x30) {
      this.#state = 'ground';
    }
  }

  #readSequence(byte: number): void {
    if (byte === ESCAPE) {
      this.#state = 'escape';
    } else if (byte < SPACE) {
      this.#sink.onByte(byte);
    } else {
      if (this.#sequence.length < MAX_TOLD_BYTES) {
        this.#sequence += String.fromCharCode(byte);
      }
      if (byte >= 0x40) {
        this.#state = 'ground';
        this.#sink.onSequence(this.#sequence);
      }
    }
  }
}
