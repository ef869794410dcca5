import { InputTranscript, MASKED } from './InputTranscript';

/** Sizes are told in KiB, rounded up: a short secret does not tell its length. */
const KIBIBYTE = 1024;

/**
 * The input of a session without a terminal. Nothing echoes it, and a secret
 * looks like everything else (`--password-stdin`, a manifest, a password sent
 * ahead of its question). So it is recorded when something was sent, and at the
 * end how much that was.
 */
export class UnseenInput implements InputTranscript {
  #bytes = 0;
  /** Since something was shown. */
  #isNoted = false;

  static create(): UnseenInput {
    return new UnseenInput();
  }

  private constructor() {}

  typed(data: Uint8Array): Buffer {
    this.#bytes += data.length;
    if (this.#isNoted || data.length === 0) {
      return Buffer.alloc(0);
    }
    this.#isNoted = true;
    return Buffer.from(`${MASKED}\n`);
  }

  shown(): Buffer {
    this.#isNoted = false;
    return Buffer.alloc(0);
  }

  end(): Buffer {
    return Buffer.from(
      this.#bytes === 0
        ? ''
        : `<masked: ${Math.ceil(this.#bytes / KIBIBYTE)} KiB in all>\n`,
    );
  }
}
