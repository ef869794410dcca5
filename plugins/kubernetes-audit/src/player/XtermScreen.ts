import { ITheme, Terminal } from '@xterm/xterm';
import {
  MAX_REPLAY_SIZE,
  TerminalSize,
} from 'backstage-plugin-kubernetes-audit-common';
import { FontMetrics } from './FontMetrics';
import { measureFrequent, rememberWidths } from './rememberWidths';
import type { Scaling, ViewedScreen } from './Screen';
import { joinBytes, limitSize } from './screenOperations';
import { spareRedraws } from './spareRedraws';

/** Below this the text is scrolled rather than shrunk further, in pixels. */
const MIN_FONT_SIZE = 8;
const MAX_FONT_SIZE = 17;
const FONT_STEP = 0.5;
/** Of a line, in heights of the type. */
const LINE_HEIGHT = 1.1;
/** Guesses at the right size of type. */
const MAX_FIT_ATTEMPTS = 3;
/** Of a terminal that is scrolled, in pixels. */
const FONT_SIZE = 14;

/** Lines above the screen that the viewer can scroll back to. */
const SCROLLBACK_LINES = 1000;

/**
 * Control sequences that could reach out of the screen: window titles (0, 1,
 * 2), the working directory (7), hyperlinks (8), notifications (9, 777),
 * the clipboard (52), and file transfers (1337). A recording is hostile input.
 */
const SWALLOWED_OSC = [0, 1, 2, 7, 8, 9, 52, 777, 1337];

/** Control sequences that change colours: of the palette, the text, the ground, the cursor. */
const COLOR_OSC = [4, 10, 11, 12, 104, 110, 111, 112];

/**
 * Sequences that do something as often as they are told: REP, IL, DL, SU, SD,
 * CHT, CBT. No screen is larger, and the page would stand still.
 */
const REPEATING_CSI = ['b', 'L', 'M', 'S', 'T', 'I', 'Z'];
const MAX_REPETITIONS = MAX_REPLAY_SIZE.columns;

/**
 * Modes in which the emulator would send the mouse to the program instead of
 * letting the viewer select text.
 */
const MOUSE_MODES = new Set([
  9, 1000, 1001, 1002, 1003, 1005, 1006, 1015, 1016,
]);

/**
 * To the alternate screen and back: an emulator that never had the focus draws
 * no cursor before that.
 */
const SHOW_CURSOR = '\x1b[?47h\x1b[?47l';
/** RIS. */
const RESET = new TextEncoder().encode('\x1bc');

const THEME: ITheme = {
  background: '#0d1117',
  foreground: '#e6edf3',
  cursor: '#e6edf3',
  cursorAccent: '#0d1117',
  selectionBackground: '#3b5070',
  black: '#484f58',
  red: '#ff7b72',
  green: '#3fb950',
  yellow: '#d29922',
  blue: '#58a6ff',
  magenta: '#bc8cff',
  cyan: '#39c5cf',
  white: '#b1bac4',
  brightBlack: '#8b949e',
  brightRed: '#ffa198',
  brightGreen: '#56d364',
  brightYellow: '#e3b341',
  brightBlue: '#79c0ff',
  brightMagenta: '#d2a8ff',
  brightCyan: '#56d4dd',
  brightWhite: '#ffffff',
};

/**
 * A terminal of the recorded size that shows and never answers: no listener
 * hears what the emulator would send, keys stay the page's.
 */
export class XtermScreen implements ViewedScreen {
  readonly #terminal: Terminal;
  readonly #container: HTMLElement;
  /** Lines above the screen, while they are kept. */
  readonly #scrollback: number;
  #scaling: Scaling = 'fit';
  /** Whether the recording has changed the colours. */
  #hasOtherColors = false;
  /** The sizes of terminal and frame that the type is right for. */
  #fitted: string | undefined;
  /** What was written in this turn, and its way to the screen. */
  #pending: Uint8Array[] = [];
  #written: Promise<void> | undefined;

  /** @param options - `tty` tells whether the session had a terminal that made line ends whole */
  static create(options: {
    container: HTMLElement;
    size: TerminalSize;
    tty: boolean;
    fontFamily: string;
    /** Lines above the screen to scroll back to, while they are kept. */
    scrollback?: number;
  }): XtermScreen {
    const { fontFamily, scrollback = SCROLLBACK_LINES } = options;
    const size = limitSize(options.size);
    const terminal = new Terminal({
      cols: size.columns,
      rows: size.rows,
      convertEol: !options.tty,
      disableStdin: true,
      cursorBlink: false,
      cursorInactiveStyle: 'block',
      fontFamily,
      // A change of type once it is open costs more than all of its opening.
      fontSize:
        guessFontSize(options.container.parentElement, size, fontFamily) ??
        FONT_SIZE,
      lineHeight: LINE_HEIGHT,
      linkHandler: null,
      logLevel: 'off',
      scrollback: 0,
      theme: THEME,
    });
    for (const identifier of SWALLOWED_OSC) {
      terminal.parser.registerOscHandler(identifier, () => true);
    }
    for (const final of REPEATING_CSI) {
      terminal.parser.registerCsiHandler({ final }, ([times]) =>
        typeof times === 'number' ? times > MAX_REPETITIONS : false,
      );
    }
    terminal.parser.registerCsiHandler({ prefix: '?', final: 'h' }, modes =>
      modes.every(mode => typeof mode === 'number' && MOUSE_MODES.has(mode)),
    );
    terminal.attachCustomKeyEventHandler(() => false);
    terminal.open(options.container);
    rememberWidths(options.container);
    spareRedraws(terminal);
    if (terminal.textarea) {
      terminal.textarea.tabIndex = -1;
      terminal.textarea.readOnly = true;
    }
    terminal.write(SHOW_CURSOR);
    return new XtermScreen(terminal, options.container, scrollback);
  }

  private constructor(
    terminal: Terminal,
    container: HTMLElement,
    scrollback: number,
  ) {
    this.#terminal = terminal;
    this.#container = container;
    this.#scrollback = scrollback;
    for (const identifier of COLOR_OSC) {
      terminal.parser.registerOscHandler(identifier, () => {
        this.#hasOtherColors = true;
        return false;
      });
    }
  }

  /**
   * What is written in one turn is one write for the emulator: between two it
   * may draw, and what is drawn in the middle of a seek is drawn for nothing.
   */
  write(data: Uint8Array): Promise<void> {
    this.#pending.push(data);
    this.#written ??= Promise.resolve().then(() => this.#flush());
    return this.#written;
  }

  #flush(): Promise<void> {
    const data = joinBytes(this.#pending);
    this.#pending = [];
    this.#written = undefined;
    return new Promise(resolve => this.#terminal.write(data, resolve));
  }

  resize(size: TerminalSize): void {
    if (!this.#isOfSize(size)) {
      const { columns, rows } = limitSize(size);
      this.#terminal.resize(columns, rows);
      this.fit();
    }
  }

  keepLines(areKept: boolean): void {
    const scrollback = areKept ? this.#scrollback : 0;
    // Any option that is set has all styles made anew.
    if (this.#terminal.options.scrollback !== scrollback) {
      this.#terminal.options.scrollback = scrollback;
    }
  }

  #isOfSize(size: TerminalSize): boolean {
    const { columns, rows } = limitSize(size);
    return columns === this.#terminal.cols && rows === this.#terminal.rows;
  }

  reset(size: TerminalSize): void {
    if (this.#isOfSize(size)) {
      // In a row with what is written next: no empty screen is drawn between.
      this.write(RESET);
    } else {
      this.#terminal.reset();
      this.resize(size);
    }
    if (this.#hasOtherColors) {
      // All styles of the page are worked out anew.
      this.#hasOtherColors = false;
      this.#terminal.options.theme = { ...THEME };
    }
  }

  get selection(): string {
    return this.#terminal.getSelection();
  }

  onSelectionChange(listener: () => void): () => void {
    const subscription = this.#terminal.onSelectionChange(listener);
    return () => subscription.dispose();
  }

  prepare(): void {
    measureFrequent(this.#container);
  }

  setScaling(scaling: Scaling): void {
    this.#scaling = scaling;
    this.fit();
  }

  /**
   * Takes the largest type with which the whole screen fits its container. A
   * change of type makes the emulator measure every character anew.
   */
  fit(): void {
    if (this.#scaling === 'scroll') {
      this.#fitted = undefined;
      this.#terminal.options.fontSize = FONT_SIZE;
      return;
    }
    const frame = this.#container.parentElement;
    const { cols, rows } = this.#terminal;
    const fitted = `${cols}x${rows} ${frame?.clientWidth}x${frame?.clientHeight}`;
    if (frame?.clientWidth && fitted !== this.#fitted && this.#fitTo(frame)) {
      this.#fitted = fitted;
    }
  }

  /** @returns whether there was a screen to measure */
  #fitTo(frame: HTMLElement): boolean {
    const screen = this.#container.querySelector<HTMLElement>('.xterm-screen');
    for (let attempt = 0; attempt < MAX_FIT_ATTEMPTS; attempt++) {
      if (!screen?.offsetWidth) {
        return false;
      }
      const current = this.#terminal.options.fontSize ?? MAX_FONT_SIZE;
      const ratio = Math.min(
        frame.clientWidth / screen.offsetWidth,
        frame.clientHeight / screen.offsetHeight,
      );
      const wanted = Math.floor((current * ratio) / FONT_STEP) * FONT_STEP;
      const fontSize = Math.min(Math.max(wanted, MIN_FONT_SIZE), MAX_FONT_SIZE);
      // Cells are whole pixels, so the guess may be too large; larger again would go round in circles.
      if (fontSize === current || (attempt > 0 && fontSize > current)) {
        break;
      }
      this.#terminal.options.fontSize = fontSize;
    }
    return true;
  }

  dispose(): void {
    this.#terminal.dispose();
  }
}

/** The type with which a terminal of the size should fit a frame; nothing where that cannot be measured. */
function guessFontSize(
  frame: HTMLElement | null,
  { columns, rows }: TerminalSize,
  fontFamily: string,
): number | undefined {
  const metrics = FontMetrics.of(fontFamily);
  if (!frame?.clientWidth || !metrics) {
    return undefined;
  }
  const { clientWidth, clientHeight } = frame;
  const fits = (fontSize: number) => {
    const { width, height } = metrics.measure(fontSize);
    return (
      width * columns <= clientWidth &&
      Math.floor(height * LINE_HEIGHT) * rows <= clientHeight
    );
  };
  let fontSize = MAX_FONT_SIZE;
  while (fontSize > MIN_FONT_SIZE && !fits(fontSize)) {
    fontSize -= FONT_STEP;
  }
  return fontSize;
}
