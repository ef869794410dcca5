import { InputTranscript, MASKED } from './InputTranscript';
import { ScreenReader } from './ScreenReader';
import { SecretPrompt } from './SecretPrompt';

const LINE_FEED = 0x0a;
/** More output than that between two looks is not looked at, in bytes. */
const MAX_SHOWN_BYTES = 1024;

/**
 * The input of a session without a terminal. Nothing echoes it, so that a secret
 * looks like everything else; to leave all of it out would let a user get by
 * the recorder by leaving out `-t`. So it is recorded as it is, except for the
 * what answers a question for a secret, as `sudo -S` asks it.
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
    const isAsked = this.#prompt.isOpen || this.#plainPrompt.isOpen;
    if (!this.#isAnswer && !isAsked) {
      return Buffer.from(data);
    }
    const begins = !this.#isAnswer;
    const ends = data.at(-1) === LINE_FEED;
    this.#isAnswer = !ends;
    this.#prompt.close();
    this.#plainPrompt.close();
    return Buffer.from(`${begins ? MASKED : ''}${ends ? '\n' : ''}`);
  }

  shown(data: Uint8Array): Buffer {
    if (data.length > MAX_SHOWN_BYTES) {
      this.#screen.reset();
    }
    for (const byte of data.subarray(-MAX_SHOWN_BYTES)) {
      this.#prompt.read(byte);
      this.#screen.read(byte);
    }
    return Buffer.alloc(0);
  }

  end(): Buffer {
    return Buffer.alloc(0);
  }
}
