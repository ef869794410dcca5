import { EchoMatcher } from './EchoMatcher';
import { InputTranscript, MASKED } from './InputTranscript';
import { KeyReader } from './KeyReader';
import { ScreenReader } from './ScreenReader';
import { SecretPrompt } from './SecretPrompt';

/** Undecided input that is kept at the most, in bytes; more of it is masked. */
const MAX_HELD_BYTES = 64 * 1024;
/** Of output that comes while nothing is awaited, the end that is looked at, in bytes. */
const MAX_SHOWN_BYTES = 4 * 1024;

/** A full-screen program has gone, or a line editor begins to read. */
const FRESH_STARTS = new Set(['?1049l', '?1047l', '?47l', '?2004h']);

/** What was typed up to an Enter or its like. */
type Line = {
  /** Held back until it is known whether the terminal has shown it. */
  held: number[];
  /** Characters whose echo has not come. */
  missing: number;
  isOver: boolean;
  isMasked: boolean;
};

/**
 * The input of a session with a terminal. A program that asks for a password
 * switches the echo off; the proxy is not told so, but it sees that nothing
 * comes back. A line is recorded when each of its characters was shown, in
 * order, right after it was typed, with nothing else in between: then it says
 * nothing that the recorded output does not say. Otherwise, and when it cannot
 * be told (output of another program in between, typed ahead of a slow one, a
 * session that ends), the whole line is masked. Keys that are no text, like the
 * arrows, have no echo and are recorded with the line that they belong to.
 *
 * What a question asks for that looks like one for a password is masked even if
 * it is echoed. What was typed is held in memory alone until it is decided.
 */
export class TerminalInput implements InputTranscript {
  readonly #keys = KeyReader.create();
  readonly #echo = EchoMatcher.create<Line>();
  readonly #prompt = SecretPrompt.create();
  readonly #screen = ScreenReader.create({
    onByte: byte => this.#show(byte),
    onSequence: sequence => {
      if (FRESH_STARTS.has(sequence)) {
        this.#startAfresh();
      }
    },
  });
  /** Those that are not decided, in order. */
  #lines: Line[] = [];
  #current: Line | undefined;
  #heldBytes = 0;
  #decided: number[] = [];

  static create(): TerminalInput {
    return new TerminalInput();
  }

  private constructor() {}

  typed(data: Uint8Array): Buffer {
    data.forEach(byte => this.#type(byte));
    return this.#takeDecided();
  }

  shown(data: Uint8Array): Buffer {
    const tail = data.length - MAX_SHOWN_BYTES;
    for (let at = 0; at < data.length; at++) {
      if (at < tail && this.#echo.isIdle) {
        this.#passOver(data.subarray(at, tail));
        at = tail;
      }
      this.#screen.read(data[at]);
    }
    return this.#takeDecided();
  }

  end(): Buffer {
    this.#maskAll();
    return this.#takeDecided();
  }

  #type(byte: number): void {
    const kind = this.#keys.read(byte);
    const line = this.#current ?? this.#begin();
    if (line.isMasked) {
      if (kind === 'end') {
        this.#decided.push(byte);
        this.#current = undefined;
      }
      return;
    }
    line.held.push(byte);
    this.#heldBytes += 1;
    if (kind === 'text') {
      line.missing += 1;
    }
    if (kind !== 'control') {
      this.#echo.expect(kind, byte, line);
    }
    if (kind === 'end') {
      line.isOver = true;
      this.#current = undefined;
      this.#settle();
    }
    // Of a line that is decided the end can still be awaited.
    if (Math.max(this.#heldBytes, this.#echo.pending) > MAX_HELD_BYTES) {
      this.#maskAll();
    }
  }

  #begin(): Line {
    this.#echo.begin();
    const line = { held: [], missing: 0, isOver: false, isMasked: false };
    this.#current = line;
    this.#lines.push(line);
    if (this.#prompt.isOpen) {
      this.#prompt.close();
      this.#maskAll();
    }
    return line;
  }

  #show(byte: number): void {
    const echo = this.#echo.read(byte);
    if (echo === 'none') {
      this.#maskUnseen();
      this.#prompt.read(byte);
    } else if (echo !== 'part') {
      echo.of.missing -= 1;
      this.#settle();
    }
  }

  /** Much output at once echoes nothing: only what ends the masking is looked for. */
  #passOver(data: Uint8Array): void {
    this.#screen.reset();
    if (this.#current?.isMasked) {
      const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      if ([...FRESH_STARTS].some(start => bytes.includes(`\x1b[${start}`))) {
        this.#startAfresh();
      }
    }
  }

  /** What was masked before does not go on: the next line must be echoed by itself. */
  #startAfresh(): void {
    this.#maskUnseen();
    if (this.#current?.isMasked) {
      this.#current = undefined;
    }
  }

  /** Something else was shown than what was typed. */
  #maskUnseen(): void {
    if (this.#lines.some(({ missing }) => missing > 0)) {
      this.#maskAll();
    }
  }

  #maskAll(): void {
    this.#echo.clear();
    for (const line of this.#lines) {
      line.isMasked = true;
      this.#decided.push(...Buffer.from(MASKED));
      const last = line.held.at(-1);
      if (line.isOver && last !== undefined) {
        this.#decided.push(last);
      }
    }
    this.#lines = [];
    this.#heldBytes = 0;
  }

  #settle(): void {
    let [first] = this.#lines;
    while (first?.isOver && first.missing === 0) {
      this.#lines.shift();
      this.#heldBytes -= first.held.length;
      for (const byte of first.held) {
        this.#decided.push(byte);
      }
      [first] = this.#lines;
    }
  }

  #takeDecided(): Buffer {
    const decided = Buffer.from(this.#decided);
    if (decided.length > 0) {
      this.#decided = [];
    }
    return decided;
  }
}
