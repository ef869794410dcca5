/** Collects what stands between the quotes of a JSON string, up to a limit. */
export class JsonText {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #bytes = 0;

  /** @param maxBytes - that are kept, escapes as they are written */
  static create(maxBytes: number): JsonText {
    return new JsonText(maxBytes);
  }

  private constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Copies a part: the chunk that it is from may be large. */
  add(chunk: Buffer, start: number, end: number): void {
    const room = this.#maxBytes - this.#bytes;
    if (room > 0 && end > start) {
      const part = chunk.subarray(start, Math.min(end, start + room));
      this.#parts.push(Buffer.from(part));
      this.#bytes += part.length;
    }
  }

  /** The text without its escapes; its beginning when it was longer than the limit. */
  decode(): string {
    let text = Buffer.concat(this.#parts).toString('utf8');
    if (this.#bytes === this.#maxBytes) {
      // It may have been cut within a character or an escape.
      text = text.replace(/\ufffd+$/, '');
      text = /^(?:[^\\]|\\u[0-9a-f]{4}|\\[^u])*/i.exec(text)?.[0] ?? '';
    }
    return JSON.parse(`"${text}"`);
  }
}
