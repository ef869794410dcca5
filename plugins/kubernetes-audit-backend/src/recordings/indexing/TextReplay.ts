import type { TerminalSize } from 'backstage-plugin-kubernetes-audit-common';
import { ReplayTerminal, WorkBudget } from './screen';
import { ScreenText } from './ScreenText';

/** So much is written to the emulator before it is awaited, in bytes. */
const WRITE_BYTES = 64 * 1024;
/** Output within so short a time is written together, in microseconds: the text's times are as exact. */
const WRITE_MICROSECONDS = 250_000;

/**
 * A terminal that is written to in large pieces, which is several times
 * faster, and of which the text is collected with its times.
 */
export class TextReplay {
  readonly terminal: ReplayTerminal;
  readonly text: ScreenText;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #pendingTime = 0;
  #unawaitedBytes = 0;
  /** Of the writes that the emulator has not worked through. */
  readonly #writeTimes: number[] = [];

  static create(
    options: { size: TerminalSize; tty: boolean; budget: WorkBudget },
    maxTextBytes: number,
  ): TextReplay {
    return new TextReplay(ReplayTerminal.create(options), maxTextBytes);
  }

  private constructor(terminal: ReplayTerminal, maxTextBytes: number) {
    this.terminal = terminal;
    this.text = ScreenText.create({
      terminal: terminal.emulator,
      maxBytes: maxTextBytes,
    });
  }

  /** Writes the bytes now or with those that follow. */
  async write(time: number, data: Uint8Array): Promise<void> {
    if (
      this.#pendingBytes > 0 &&
      time - this.#pendingTime > WRITE_MICROSECONDS
    ) {
      this.#send();
    }
    if (this.#pendingBytes === 0) {
      this.#pendingTime = time;
    }
    this.#pending.push(data);
    this.#pendingBytes += data.length;
    if (this.#pendingBytes + this.#unawaitedBytes >= WRITE_BYTES) {
      await this.flush();
    }
  }

  async resize(size: TerminalSize): Promise<void> {
    await this.flush();
    this.terminal.resize(size);
  }

  /** Resolves when all that was written is on the screen. */
  async flush(): Promise<void> {
    if (this.#pendingBytes > 0) {
      this.#send();
    }
    if (this.#unawaitedBytes > 0) {
      await this.terminal.write(new Uint8Array());
      this.#unawaitedBytes = 0;
    }
  }

  #send(): void {
    const data = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#unawaitedBytes += data.length;
    if (this.#writeTimes.push(this.#pendingTime) === 1) {
      this.text.time = this.#pendingTime;
    }
    // Called after this write and before the next: a promise would be too late.
    this.terminal.emulator.write(data, () => {
      this.#writeTimes.shift();
      this.text.time = this.#writeTimes[0] ?? this.text.time;
    });
  }
}
