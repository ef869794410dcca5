import { Terminal } from '@xterm/headless';
import {
  MAX_REPLAY_SIZE,
  MIN_REPLAY_SIZE,
  TerminalSize,
} from 'backstage-plugin-kubernetes-audit-common';
import { ignoreControlStrings, repairAfterResize } from './terminalState';
import { WorkBudget } from './WorkBudget';
import { writeKeyframe } from './writeKeyframe';

/** Control sequences that do something as often as they are told: REP, IL, DL, SU, SD, CHT, CBT. */
const REPEATING_CSI = ['b', 'L', 'M', 'S', 'T', 'I', 'Z'];
/** No screen is larger, and the emulator would not come back for hours. */
const MAX_REPETITIONS = MAX_REPLAY_SIZE.columns;

/** The size at which a recording is replayed, whatever it says. */
export function limitReplaySize(size: TerminalSize): TerminalSize {
  const limit = (value: number, least: number, most: number) =>
    Math.min(Math.max(value, least), most);
  return {
    columns: limit(
      size.columns,
      MIN_REPLAY_SIZE.columns,
      MAX_REPLAY_SIZE.columns,
    ),
    rows: limit(size.rows, MIN_REPLAY_SIZE.rows, MAX_REPLAY_SIZE.rows),
  };
}

/** A terminal without a display. It keeps no lines above its screen, so that its screen is all there is to know. */
export class ReplayTerminal {
  readonly #terminal: Terminal;

  /**
   * @param options - `tty` tells whether the session had a terminal that made
   *   line ends whole; `budget` limits what it does
   */
  static create(options: {
    size: TerminalSize;
    tty: boolean;
    budget?: WorkBudget;
  }): ReplayTerminal {
    const size = limitReplaySize(options.size);
    const terminal = new Terminal({
      cols: size.columns,
      rows: size.rows,
      convertEol: !options.tty,
      scrollback: 0,
      logLevel: 'off',
      allowProposedApi: true,
    });
    ignoreControlStrings(terminal);
    options.budget?.control(terminal);
    for (const final of REPEATING_CSI) {
      terminal.parser.registerCsiHandler({ final }, ([times]) =>
        typeof times === 'number' ? times > MAX_REPETITIONS : false,
      );
    }
    return new ReplayTerminal(terminal);
  }

  private constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** The emulator itself. */
  get emulator(): Terminal {
    return this.#terminal;
  }

  get size(): TerminalSize {
    return { columns: this.#terminal.cols, rows: this.#terminal.rows };
  }

  /** Resolves when the bytes are on the screen. To await the last of many writes is several times faster than each. */
  write(data: Uint8Array): Promise<void> {
    return new Promise(resolve => this.#terminal.write(data, resolve));
  }

  /** Takes effect at once: await what was written before. */
  resize(size: TerminalSize): void {
    const { columns, rows } = limitReplaySize(size);
    this.#terminal.resize(columns, rows);
    repairAfterResize(this.#terminal);
  }

  /** See {@link writeKeyframe}. */
  keyframe(time: number): Uint8Array | undefined {
    return writeKeyframe(this.#terminal, time);
  }

  dispose(): void {
    this.#terminal.dispose();
  }
}
