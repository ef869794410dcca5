/** Of a line, the end that is looked at, in bytes. */
const MAX_LINE_BYTES = 256;
const LINE_FEED = 0x0a;

/** Words of which one stands in nearly every question for a secret. */
const SECRET =
  /(pass|secret|token|\bpin\b|\botp\b|credential|\bkey\b|verification code|contraseñ|senha|парол|密码|密碼|パスワード).*[:?：？]\s*$/iu;

/** How a question ends in whatever language. */
const QUESTION = /[:?：？؟\u037e]\s*$/u;

/** Reads along with output, and tells when it ends with a question. */
export class SecretPrompt {
  #line: number[] = [];
  /** The line before, while nothing stands behind it. */
  #above: number[] = [];

  static create(): SecretPrompt {
    return new SecretPrompt();
  }

  private constructor() {}

  /** @param byte - the next one that is shown */
  read(byte: number): void {
    if (byte === LINE_FEED) {
      this.#above = this.#line;
      this.#line = [];
      return;
    }
    this.#line.push(byte);
    if (this.#line.length > 2 * MAX_LINE_BYTES) {
      this.#line = this.#line.slice(-MAX_LINE_BYTES);
    }
  }

  /** Whether what was shown last asks for a secret, in words that are known. */
  get isOpen(): boolean {
    return SECRET.test(this.#shown);
  }

  /** Whether what was shown last asks for anything: what it is about may be in any language. */
  get isQuestion(): boolean {
    return QUESTION.test(textOf(this.#line)) || this.isOpen;
  }

  /** It was answered. */
  close(): void {
    this.#line = [];
    this.#above = [];
  }

  /** The last line, or the one above when it is empty. */
  get #shown(): string {
    return textOf(this.#line.length > 0 ? this.#line : this.#above);
  }
}

const textOf = (line: readonly number[]) =>
  Buffer.from(line.slice(-MAX_LINE_BYTES)).toString();
