import type { TerminalSize } from 'backstage-plugin-kubernetes-audit-common';
import { ReplayTerminal, WorkBudget } from './screen';
import { ScreenText } from './ScreenText';

/** So much is written to the emulator before it is awaited, in bytes. */
const WRITE_BYTES = 64 * 1024;
/** Output within so short a time is written together, in microseconds: the text's times are as exact. */
const WRITE_MICROSECONDS = 250_000;
/** After so long without output, in microseconds, somebody may have begun to type. */
const PAUSE_MICROSECONDS = 20_000;

/**
 * A terminal that is written to in large pieces, which is several times
 * faster, and of which the text is collected with its times.
 */
export class TextReplay {
  readonly terminal: ReplayTerminal;
  readonly text: ScreenText;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #pendingSince = 0;
  #unawaitedBytes = 0;
  /** Of the latest output. */
  #lastTime = -Infinity;
  /** Of the writes that the emulator has not worked through. */
  readonly #writeTimes: number[] = [];

  static create(
    options: { size: TerminalSize; tty: boolean; budget: WorkBudget },
    limits: { maxTextBytes: number; maxCommands: number },
  ): TextReplay {
    return new TextReplay(ReplayTerminal.create(options), limits);
  }

  private constructor(
    terminal: ReplayTerminal,
    limits: { maxTextBytes: number; maxCommands: number },
  ) {
    this.terminal = terminal;
    this.text = ScreenText.create({ ...limits, terminal: terminal.emulator });
  }

  /** Writes the bytes now or with those that follow. */
  async write(time: number, data: Uint8Array): Promise<void> {
    if (time - this.#lastTime >= PAUSE_MICROSECONDS) {
      this.#pause();
    } else if (time - this.#pendingSince > WRITE_MICROSECONDS) {
      this.#send();
    }
    if (this.#pendingBytes === 0) {
      this.#pendingSince = time;
    }
    this.#lastTime = time;
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
    this.#send();
    if (this.#unawaitedBytes > 0) {
      await this.terminal.write(new Uint8Array());
      this.#unawaitedBytes = 0;
    }
  }

  /** Has the text look at the screen as it is before what comes next. */
  #pause(): void {
    if (this.#pendingBytes > 0) {
      this.#send(() => this.text.lookForPrompt());
    } else {
      // Nothing is pending after a flush alone: all of it is on the screen.
      this.text.lookForPrompt();
    }
  }

  #send(onWritten?: () => void): void {
    if (this.#pendingBytes === 0) {
      return;
    }
    const data = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#unawaitedBytes += data.length;
    // By its last output all of it is on the screen: who looks for a text finds it there.
    if (this.#writeTimes.push(this.#lastTime) === 1) {
      this.text.time = this.#lastTime;
    }
    // Called after this write and before the next: a promise would be too late.
    this.terminal.emulator.write(data, () => {
      onWritten?.();
      this.#writeTimes.shift();
      this.text.time = this.#writeTimes[0] ?? this.text.time;
    });
  }
}
