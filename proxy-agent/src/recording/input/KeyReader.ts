/**
 * What a byte of a terminal's input is. `text` is what a terminal echoes, byte
 * for byte; `end` ends a line; `control` is all else, with escape sequences.
 */
export type KeyKind = 'text' | 'backspace' | 'control' | 'end';

/** Enter, line feed, and what makes a terminal drop or hand in a line: ^C, ^D, ^Z, ^\. */
const ENDS = new Set([0x0d, 0x0a, 0x03, 0x04, 0x1a, 0x1c]);
const BACKSPACES = new Set([0x7f, 0x08]);
const ESCAPE = 0x1b;
const SPACE = 0x20;

/** A longer sequence is none, in bytes. */
const MAX_SEQUENCE_BYTES = 32;

const CSI = '['.charCodeAt(0);
const SS3 = 'O'.charCodeAt(0);

type State = 'ground' | 'escape' | 'csi' | 'ss3';

/**
 * Tells text from keys in what a terminal sends, byte by byte. What a terminal
 * answers at length (OSC, DCS) is taken for text: a user who presses Alt and `]`
 * begins one, too, and a secret may follow.
 */
export class KeyReader {
  #state: State = 'ground';
  #length = 0;

  static create(): KeyReader {
    return new KeyReader();
  }

  private constructor() {}

  /** @param byte - the next one */
  read(byte: number): KeyKind {
    this.#length += 1;
    if (this.#length > MAX_SEQUENCE_BYTES) {
      this.#state = 'ground';
    }
    switch (this.#state) {
      case 'escape':
        return this.#readEscape(byte);
      case 'csi':
        if (byte >= SPACE && byte < 0x7f) {
          // Parameters and intermediates; then one byte ends it.
          this.#state = byte < 0x40 ? 'csi' : 'ground';
          return 'control';
        }
        return this.#readGround(byte);
      case 'ss3':
        this.#state = 'ground';
        return byte >= SPACE ? 'control' : this.#readGround(byte);
      default:
        return this.#readGround(byte);
    }
  }

  #readEscape(byte: number): KeyKind {
    if (byte === ESCAPE || byte < SPACE) {
      return this.#readGround(byte);
    }
    if (byte === CSI) {
      this.#state = 'csi';
    } else if (byte === SS3) {
      this.#state = 'ss3';
    } else {
      // With Alt held down, one character.
      this.#state = 'ground';
    }
    return 'control';
  }

  #readGround(byte: number): KeyKind {
    this.#state = 'ground';
    if (byte === ESCAPE) {
      this.#state = 'escape';
      this.#length = 0;
      return 'control';
    }
    if (ENDS.has(byte)) {
      return 'end';
    }
    if (BACKSPACES.has(byte)) {
      return 'backspace';
    }
    return byte < SPACE ? 'control' : 'text';
  }
}
