/** Of a line, the end that is looked at, in bytes. */
const MAX_LINE_BYTES = 256;
const LINE_FEED = 0x0a;

/** Words of which one stands in nearly every question for a secret. */
const SECRET =
  /(pass|secret|token|\bpin\b|\botp\b|credential|\bkey\b|verification code|contraseñ|senha|парол|密码|密碼|パスワード).*[:?：？]\s*$/iu;

/** Reads along with output, and tells when it ends with a question for a secret. */
export class SecretPrompt {
  #line: number[] = [];

  static create(): SecretPrompt {
    return new SecretPrompt();
  }

  private constructor() {}

  /** @param byte - the next one that is shown */
  read(byte: number): void {
    if (byte === LINE_FEED) {
      this.#line = [];
      return;
    }
    this.#line.push(byte);
    if (this.#line.length > 2 * MAX_LINE_BYTES) {
      this.#line = this.#line.slice(-MAX_LINE_BYTES);
    }
  }

  /** Whether what was shown last asks for one. */
  get isOpen(): boolean {
    return (
      this.#line.length > 0 &&
      SECRET.test(Buffer.from(this.#line.slice(-MAX_LINE_BYTES)).toString())
    );
  }

  /** It was answered. */
  close(): void {
    this.#line = [];
  }
}
