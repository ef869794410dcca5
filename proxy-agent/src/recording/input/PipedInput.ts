import { InputTranscript, MASKED } from './InputTranscript';
import { ScreenReader } from './ScreenReader';
import { SecretPrompt } from './SecretPrompt';

const LINE_FEED = 0x0a;
const SPACE = 0x20;
/** More output than that between two looks is not looked at, in bytes. */
const MAX_SHOWN_BYTES = 1024;

/**
 * The input of a session without a terminal, where a role wants it to be
 * recorded all the same: as it is, except for what answers a question. Nothing
 * tells whether that asks for a secret, in whatever language it may be, so that
 * all answers are masked, until the program shows something else.
 */
export class PipedInput implements InputTranscript {
  /** As it comes: what only looks like an escape sequence hides no question. */
  readonly #prompt = SecretPrompt.create();
  /** Without escape sequences: a question may have colours. */
  readonly #plainPrompt = SecretPrompt.create();
  readonly #screen = ScreenReader.create({
    onByte: byte => this.#plainPrompt.read(byte),
    onSequence: () => {},
  });
  #isAnswer = false;

  static create(): PipedInput {
    return new PipedInput();
  }

  private constructor() {}

  typed(data: Uint8Array): Buffer {
    if (this.#isAnswer) {
      return Buffer.alloc(0);
    }
    if (!this.#isQuestion || data.length === 0) {
      return Buffer.from(data);
    }
    this.#isAnswer = true;
    this.#prompt.close();
    this.#plainPrompt.close();
    return Buffer.from(`${MASKED}\n`);
  }

  shown(data: Uint8Array): Buffer {
    const tail = data.subarray(-MAX_SHOWN_BYTES);
    if (data.length > MAX_SHOWN_BYTES) {
      this.#screen.reset();
    }
    for (const byte of tail) {
      if (byte === LINE_FEED) {
        // A sequence that is never ended hides no question of a later line.
        this.#screen.reset();
      }
      this.#prompt.read(byte);
      this.#screen.read(byte);
    }
    // The end of the question's own line is not something else.
    if (this.#isAnswer && tail.some(byte => byte > SPACE)) {
      this.#isAnswer = false;
    }
    return Buffer.alloc(0);
  }

  end(): Buffer {
    return Buffer.alloc(0);
  }

  get #isQuestion(): boolean {
    return this.#prompt.isQuestion || this.#plainPrompt.isQuestion;
  }
}
