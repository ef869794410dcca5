const ESCAPE = '\u001b';
const BELL = '\u0007';
const DELETE = '\u007f';
const C1_CSI = '\u009b';

/** Where in a control sequence of ECMA-48 the text stands. */
type State =
  | 'ground'
  /** After ESC. */
  | 'escape'
  /** After ESC and an intermediate, as in `ESC ( B`: one character is left. */
  | 'escapeIntermediate'
  /** After `ESC [`, until a final byte. */
  | 'csi'
  /** After `ESC ]`, `ESC P`, `ESC X`, `ESC ^` or `ESC _`, until ST or BEL. */
  | 'string'
  /** After ESC within a string. */
  | 'stringEscape';

/**
 * Takes what a terminal was sent and leaves the text: control sequences go,
 * lines end with `\n` alone. Parts may be cut anywhere.
 */
export class TerminalTextExtractor {
  #state: State = 'ground';
  #pendingReturn = false;

  static create(): TerminalTextExtractor {
    return new TerminalTextExtractor();
  }

  private constructor() {}

  extract(part: string): string {
    let text = '';
    for (const character of part) {
      text += this.#next(character);
    }
    return text;
  }

  #next(character: string): string {
    // CAN and SUB end any sequence.
    if (character === '\u0018' || character === '\u001a') {
      this.#state = 'ground';
      return '';
    }
    switch (this.#state) {
      case 'escape':
        this.#state = afterEscape(character);
        return '';
      case 'escapeIntermediate':
        if (!isIntermediate(character)) {
          this.#state = 'ground';
        }
        return '';
      case 'csi':
        if (character === ESCAPE) {
          this.#state = 'escape';
        } else if (character >= '@' && character <= '~') {
          this.#state = 'ground';
        }
        return '';
      case 'string':
        if (character === ESCAPE) {
          this.#state = 'stringEscape';
        } else if (character === BELL || character === '\u009c') {
          this.#state = 'ground';
        }
        return '';
      case 'stringEscape':
        this.#state = character === '\\' ? 'ground' : afterEscape(character);
        return '';
      default:
        return this.#ground(character);
    }
  }

  #ground(character: string): string {
    if (character === '\r') {
      this.#pendingReturn = true;
      return '';
    }
    if (character === ESCAPE || character === C1_CSI) {
      this.#state = character === ESCAPE ? 'escape' : 'csi';
      return '';
    }
    if (character === '\n') {
      this.#pendingReturn = false;
      return '\n';
    }
    const isText = character === '\t' || isPrintable(character);
    if (!isText) {
      return '';
    }
    // A return without a new line begins the line anew: keep both versions.
    const text = this.#pendingReturn ? `\n${character}` : character;
    this.#pendingReturn = false;
    return text;
  }
}

function afterEscape(character: string): State {
  if (character === '[') {
    return 'csi';
  }
  if (']PX^_'.includes(character)) {
    return 'string';
  }
  if (character === ESCAPE) {
    return 'escape';
  }
  return isIntermediate(character) ? 'escapeIntermediate' : 'ground';
}

function isIntermediate(character: string): boolean {
  return character >= ' ' && character <= '/';
}

function isPrintable(character: string): boolean {
  return (
    character >= ' ' &&
    character !== DELETE &&
    !(character >= '\u0080' && character <= '\u009f')
  );
}
