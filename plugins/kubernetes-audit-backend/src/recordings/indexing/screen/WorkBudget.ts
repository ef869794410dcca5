import type { IParser, Terminal } from '@xterm/headless';

/**
 * Cells that the sequences of one frame may touch which touch many with few
 * bytes: some tenths of a second's work, and of a usual screen thousands of
 * times all that is on it.
 */
const CELLS = 64 * 1024 * 1024;

/** ED and DECSED: they clear the screen, or a part of it. */
const ERASE_IN_DISPLAY = [{ final: 'J' }, { prefix: '?', final: 'J' }];
/** IL, DL, SU, SD: each of so many times a line is made and all others are moved. */
const LINE_BY_LINE = ['L', 'M', 'S', 'T'];
/** Modes that change between the screens. */
const SCREEN_MODES = [47, 1047, 1049];

/**
 * What the emulator may do for one frame. Output is hostile: a few bytes can
 * stand for a million cells. What goes beyond the budget is not done; the
 * screen then is not what it was, until it is drawn anew.
 */
export class WorkBudget {
  #left: number;
  readonly #cells: number;

  /** @param cells - for a frame */
  static create(cells = CELLS): WorkBudget {
    return new WorkBudget(cells);
  }

  private constructor(cells: number) {
    this.#cells = cells;
    this.#left = cells;
  }

  /** Begins a frame. @returns whether there was too much to do in the one before */
  renew(): boolean {
    const wasExceeded = this.#left < 0;
    this.#left = this.#cells;
    return wasExceeded;
  }

  /** Takes care that a terminal keeps to it. */
  control(terminal: Pick<Terminal, 'cols' | 'rows' | 'parser'>): void {
    const { parser } = terminal;
    const screen = () => terminal.cols * terminal.rows;
    const onScreen = () => this.#refuses(screen());
    for (const identifier of ERASE_IN_DISPLAY) {
      parser.registerCsiHandler(identifier, onScreen);
    }
    for (const final of LINE_BY_LINE) {
      parser.registerCsiHandler({ final }, ([times]) =>
        this.#refuses(
          Math.max(toNumber(times), 1) * (terminal.cols + terminal.rows),
        ),
      );
    }
    this.#controlScreens(parser, onScreen);
  }

  #controlScreens(parser: IParser, onScreen: () => boolean): void {
    for (const final of ['h', 'l']) {
      parser.registerCsiHandler(
        { prefix: '?', final },
        modes =>
          modes.some(mode => SCREEN_MODES.includes(toNumber(mode))) &&
          onScreen(),
      );
    }
    // RIS and DECALN.
    parser.registerEscHandler({ final: 'c' }, onScreen);
    parser.registerEscHandler({ intermediates: '#', final: '8' }, onScreen);
  }

  /** Counts the cells. */
  #refuses(cells: number): boolean {
    this.#left -= cells;
    return this.#left < 0;
  }
}

/** Subparameters are arrays. */
function toNumber(parameter: number | number[]): number {
  return typeof parameter === 'number' ? parameter : 0;
}
