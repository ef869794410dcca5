import type { JsonHandler } from './JsonHandler';
import { JsonText } from './JsonText';

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const SMALL_U = 0x75;
const LITERAL =
  /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
/** A longer number is refused, in bytes. */
const MAX_LITERAL_BYTES = 128;
/** What is nested deeper is refused, in levels. */
const MAX_DEPTH = 1000;

const isWhitespace = (byte: number) =>
  byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09;
/** Whether a byte makes an escape of two bytes after a backslash. */
const isEscaped = (byte: number) =>
  byte === QUOTE ||
  byte === BACKSLASH ||
  (byte > SPACE && '/bfnrt'.includes(String.fromCharCode(byte)));
const isHex = (byte: number) =>
  (byte >= 0x30 && byte <= 0x39) ||
  (byte >= 0x41 && byte <= 0x46) ||
  (byte >= 0x61 && byte <= 0x66);

/** What may come next outside of strings and literals. */
type Expected =
  | 'value'
  | 'value or ]'
  | 'key'
  | 'key or }'
  | 'colon'
  | 'comma'
  | 'nothing';

const isKeyNext = (expected: Expected) =>
  expected === 'key' || expected === 'key or }';

type Lexeme = 'none' | 'literal' | 'string' | 'escape' | 'unicode escape';

/**
 * Reads JSON (RFC 8259; an object or a list) as its bytes come. It keeps the
 * open brackets and at most so many bytes of one string, whatever is pushed.
 */
export class JsonTokenizer {
  readonly #handler: JsonHandler;
  readonly #maxTextBytes: number;
  #state: 'reading' | 'stopped' | 'failed' | 'finished' = 'reading';
  #expected: Expected = 'value';
  #lexeme: Lexeme = 'none';
  readonly #brackets: ('{' | '[')[] = [];
  #isKey = false;
  /** Of the string that is read, if it is wanted. */
  #text: JsonText | undefined;
  #hexDigits = 0;
  #literal = '';

  static create(handler: JsonHandler, maxTextBytes: number): JsonTokenizer {
    return new JsonTokenizer(handler, maxTextBytes);
  }

  private constructor(handler: JsonHandler, maxTextBytes: number) {
    this.#handler = handler;
    this.#maxTextBytes = maxTextBytes;
  }

  /** `finished` after the last bracket, `failed` when it is not JSON. */
  get state() {
    return this.#state;
  }

  /** The handler has enough: what follows is not read. */
  stop(): void {
    this.#state = 'stopped';
  }

  push(chunk: Buffer): void {
    let i = 0;
    while (i < chunk.length && this.#state === 'reading') {
      switch (this.#lexeme) {
        case 'string':
          i = this.#readString(chunk, i);
          break;
        case 'literal':
          i = this.#readLiteral(chunk, i);
          break;
        case 'none':
          this.#readStructure(chunk[i++]);
          break;
        default:
          this.#readEscape(chunk, i++);
      }
    }
    if (this.#state === 'finished') {
      while (i < chunk.length && isWhitespace(chunk[i])) {
        i++;
      }
      if (i < chunk.length) {
        this.#state = 'failed';
      }
    }
  }

  #isExpected(byte: number): boolean {
    const expected = this.#expected;
    const bracket = this.#brackets.at(-1);
    const isValue = expected === 'value' || expected === 'value or ]';
    switch (byte) {
      case OPEN_BRACE:
      case OPEN_BRACKET:
        return isValue;
      case CLOSE_BRACE:
        return (
          expected === 'key or }' || (expected === 'comma' && bracket === '{')
        );
      case CLOSE_BRACKET:
        return (
          expected === 'value or ]' || (expected === 'comma' && bracket === '[')
        );
      case COMMA:
        return expected === 'comma';
      case COLON:
        return expected === 'colon';
      case QUOTE:
        return (isValue && bracket !== undefined) || isKeyNext(expected);
      default:
        return isValue && bracket !== undefined;
    }
  }

  #readStructure(byte: number): void {
    if (isWhitespace(byte)) {
      return;
    }
    if (!this.#isExpected(byte)) {
      this.#state = 'failed';
      return;
    }
    switch (byte) {
      case OPEN_BRACE:
        this.#open('{');
        break;
      case OPEN_BRACKET:
        this.#open('[');
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        this.#close();
        break;
      case COMMA:
        this.#expected = this.#brackets.at(-1) === '{' ? 'key' : 'value';
        break;
      case COLON:
        this.#expected = 'value';
        break;
      case QUOTE:
        this.#startString();
        break;
      default:
        this.#lexeme = 'literal';
        this.#literal = String.fromCharCode(byte);
    }
  }

  #open(bracket: '{' | '['): void {
    if (this.#brackets.length === MAX_DEPTH) {
      this.#state = 'failed';
      return;
    }
    this.#brackets.push(bracket);
    if (bracket === '{') {
      this.#expected = 'key or }';
      this.#handler.startObject();
    } else {
      this.#expected = 'value or ]';
      this.#handler.startArray();
    }
  }

  #close(): void {
    const bracket = this.#brackets.pop();
    this.#expected = 'comma';
    if (this.#brackets.length === 0) {
      this.#expected = 'nothing';
      this.#state = 'finished';
    }
    if (bracket === '{') {
      this.#handler.endObject();
    } else {
      this.#handler.endArray();
    }
  }

  #startString(): void {
    this.#isKey = isKeyNext(this.#expected);
    this.#lexeme = 'string';
    this.#text = this.#handler.wantsText()
      ? JsonText.create(this.#maxTextBytes)
      : undefined;
  }

  #readString(chunk: Buffer, start: number): number {
    let end = start;
    let byte = SPACE;
    for (; end < chunk.length; end++) {
      byte = chunk[end];
      if (byte === QUOTE || byte < SPACE) {
        break;
      }
      if (byte === BACKSLASH) {
        if (end + 1 === chunk.length || !isEscaped(chunk[end + 1])) {
          break;
        }
        // A short escape that is here as a whole.
        end++;
      }
    }
    this.#text?.add(chunk, start, end);
    if (end === chunk.length) {
      return end;
    }
    if (byte === QUOTE) {
      this.#endString();
    } else if (byte === BACKSLASH) {
      this.#text?.add(chunk, end, end + 1);
      this.#lexeme = 'escape';
    } else {
      this.#state = 'failed';
    }
    return end + 1;
  }

  #readEscape(chunk: Buffer, index: number): void {
    const byte = chunk[index];
    this.#text?.add(chunk, index, index + 1);
    if (this.#lexeme === 'escape' && byte === SMALL_U) {
      this.#lexeme = 'unicode escape';
      this.#hexDigits = 0;
    } else if (this.#lexeme === 'escape') {
      this.#lexeme = 'string';
      if (!isEscaped(byte)) {
        this.#state = 'failed';
      }
    } else if (!isHex(byte)) {
      this.#state = 'failed';
    } else if (++this.#hexDigits === 4) {
      this.#lexeme = 'string';
    }
  }

  #endString(): void {
    this.#lexeme = 'none';
    this.#expected = this.#isKey ? 'colon' : 'comma';
    const text = this.#text?.decode() ?? '';
    this.#text = undefined;
    if (this.#isKey) {
      this.#handler.key(text);
    } else {
      this.#handler.string(text);
    }
  }

  #readLiteral(chunk: Buffer, start: number): number {
    let end = start;
    while (
      end < chunk.length &&
      !isWhitespace(chunk[end]) &&
      chunk[end] !== COMMA &&
      chunk[end] !== CLOSE_BRACKET &&
      chunk[end] !== CLOSE_BRACE
    ) {
      end++;
    }
    if (this.#literal.length + end - start > MAX_LITERAL_BYTES) {
      this.#state = 'failed';
      return end;
    }
    this.#literal += chunk.toString('latin1', start, end);
    if (end < chunk.length) {
      this.#lexeme = 'none';
      this.#expected = 'comma';
      if (LITERAL.test(this.#literal)) {
        this.#handler.literal(JSON.parse(this.#literal));
      } else {
        this.#state = 'failed';
      }
    }
    return end;
  }
}
