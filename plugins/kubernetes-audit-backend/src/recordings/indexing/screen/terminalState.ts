import { Terminal } from '@xterm/headless';
import { Attributes, EXTENDED, normalized } from './attributes';

/*
 * The only file that reads what the emulator keeps to itself. The version of
 * @xterm/headless is pinned; the keyframe tests notice when this no longer
 * fits.
 */

type CoreLine = {
  isWrapped: boolean;
  getFg(column: number): number;
  getBg(column: number): number;
  getWidth(column: number): number;
  getString(column: number): string;
  hasContent(column: number): number;
  _extendedAttrs: Record<number, { ext: number } | undefined>;
};

type CoreBuffer = {
  x: number;
  y: number;
  ybase: number;
  ydisp: number;
  scrollTop: number;
  scrollBottom: number;
  savedX: number;
  savedY: number;
  savedCurAttrData: { fg: number; bg: number };
  savedCharset: object | undefined;
  tabs: Record<number, boolean | undefined>;
  lines: {
    length: number;
    get(index: number): CoreLine | undefined;
    push(line: CoreLine): void;
  };
  getBlankLine(attributes: {
    fg: number;
    bg: number;
    extended: { ext: number };
  }): CoreLine;
};

type Core = {
  cols: number;
  rows: number;
  optionsService: {
    rawOptions: { convertEol: boolean; cursorBlink: boolean };
  };
  unicodeService: {
    charProperties(codePoint: number, preceding: number): number;
  };
  coreService: {
    isCursorHidden: boolean;
    modes: { insertMode: boolean };
    decPrivateModes: {
      applicationCursorKeys: boolean;
      applicationKeypad: boolean;
      bracketedPasteMode: boolean;
      cursorBlink: boolean | undefined;
      cursorStyle: CursorStyle | undefined;
      origin: boolean;
      reverseWraparound: boolean;
      synchronizedOutput: boolean;
      wraparound: boolean;
    };
  };
  _charsetService: {
    charset: object | undefined;
    glevel: number;
    _charsets: (object | undefined)[];
  };
  _bufferService: {
    buffers: { active: CoreBuffer; normal: CoreBuffer; alt: CoreBuffer };
  };
  _inputHandler: {
    _curAttrData: { fg: number; bg: number; extended: { ext: number } };
    _utf8Decoder: { interim: Uint8Array };
    parse(data: string): unknown;
    _parser: Parser;
  };
};

type Parser = {
  currentState: number;
  precedingJoinState: number;
  clearOscHandler(identifier: number): void;
  clearDcsHandler(sequence: { intermediates: string; final: string }): void;
  registerOscHandler(
    identifier: number,
    handler: { start(): void; put(): void; end(): boolean },
  ): void;
};

export type CursorStyle = 'block' | 'underline' | 'bar';

/** The final byte that designates a character set; `B` is ASCII. */
export type Charset = string;

/** A row of cells. A wide character is a cell of width 2 and one of width 0 without text. */
export type ScreenRow = {
  /** Whether it continues the row above. */
  isWrapped: boolean;
  widthAt(column: number): number;
  /** Empty for a cell that nothing was written to. */
  textAt(column: number): string;
  attributesAt(column: number): Attributes;
};

export type SavedCursor = {
  column: number;
  row: number;
  /** Without underline's style and colour, which are not saved. */
  pen: Attributes;
  charset: Charset;
};

/** One of the two screens. Columns and rows count from 0. */
export type BufferState = {
  rows: ScreenRow[];
  /** Behind the last column: the next character begins a new line. */
  cursor: { column: number; row: number };
  margins: { top: number; bottom: number };
  saved: SavedCursor;
  tabStops: number[];
};

/** All that decides how a terminal will look after any bytes that follow. */
export type TerminalState = {
  columns: number;
  rows: number;
  normal: BufferState;
  alternate: BufferState;
  isAlternate: boolean;
  pen: Attributes;
  /** G0 to G3. */
  charsets: Charset[];
  /** Which of them is in use. */
  shift: number;
  /** The one in use; other than `charsets[shift]` after DECRC. */
  charset: Charset;
  modes: Core['coreService']['decPrivateModes'] & {
    insert: boolean;
    newLine: boolean;
    cursorHidden: boolean;
    blink: boolean;
  };
  /** What a combining character or REP would add to; 0 for nothing. */
  joinState: number;
  /** The {@link TerminalState.joinState} that text leaves behind, and whether it takes one cell of the width. */
  measure(text: string): {
    joinState: number;
    width: number;
    isOneCell: boolean;
  };
};

/** Whether no escape sequence and no character is half read. */
export function isAtRest(terminal: Terminal): boolean {
  const { _parser, _utf8Decoder } = coreOf(terminal)._inputHandler;
  return _parser.currentState === 0 && _utf8Decoder.interim[0] === 0;
}

/** A view of the state: it changes with the next write. */
export function readTerminalState(terminal: Terminal): TerminalState {
  const core = coreOf(terminal);
  const { active, normal, alt } = core._bufferService.buffers;
  const { coreService, _charsetService: charsets } = core;
  const { _curAttrData: pen, _parser: parser } = core._inputHandler;
  return {
    columns: core.cols,
    rows: core.rows,
    normal: readBuffer(normal, core),
    alternate: readBuffer(alt, core),
    isAlternate: active === alt,
    pen: {
      foreground: normalized(pen.fg),
      background: normalized(pen.bg),
      underline: normalized(pen.extended.ext),
    },
    charsets: [0, 1, 2, 3].map(level => charsetOf(charsets._charsets[level])),
    shift: charsets.glevel,
    charset: charsetOf(charsets.charset),
    modes: {
      ...coreService.decPrivateModes,
      insert: coreService.modes.insertMode,
      newLine: core.optionsService.rawOptions.convertEol,
      cursorHidden: coreService.isCursorHidden,
      blink: core.optionsService.rawOptions.cursorBlink,
    },
    joinState: parser.precedingJoinState,
    measure: text => measure(text, core),
  };
}

/** Every OSC that the emulator collects the text of: titles, colours, hyperlinks. */
const COLLECTED_OSC = [0, 1, 2, 4, 8, 10, 11, 12, 104, 110, 111, 112];
/** DECRQSS, which only answers. */
const COLLECTED_DCS = { intermediates: '$', final: 'q' };

/**
 * Lets go of the text of control strings, of which none changes a cell other
 * than hyperlinks, which the player does not show. Their text, up to 10 MB,
 * costs the emulator fifty times as much memory.
 */
export function ignoreControlStrings(terminal: Terminal): void {
  const { _parser: parser } = coreOf(terminal)._inputHandler;
  const ignore = { start: () => {}, put: () => {}, end: () => true };
  for (const identifier of COLLECTED_OSC) {
    parser.clearOscHandler(identifier);
    parser.registerOscHandler(identifier, ignore);
  }
  parser.clearDcsHandler(COLLECTED_DCS);
}

/**
 * To be called after each resize: without lines above the screen, the emulator
 * can lose its place when it wraps lines anew, and then fails with a TypeError.
 */
export function repairAfterResize(terminal: Terminal): void {
  const { rows, _bufferService } = coreOf(terminal);
  const { normal, alt } = _bufferService.buffers;
  for (const buffer of [normal, alt]) {
    const { lines } = buffer;
    // The alternate screen has no lines while it is not in use.
    if (lines.length > 0) {
      buffer.ybase = Math.max(0, Math.min(buffer.ybase, lines.length - rows));
      buffer.ydisp = buffer.ybase;
      while (lines.length < rows) {
        lines.push(buffer.getBlankLine({ fg: 0, bg: 0, extended: { ext: 0 } }));
      }
    }
  }
}

function coreOf(terminal: Terminal): Core {
  return (terminal as unknown as { _core: Core })._core;
}

function readBuffer(buffer: CoreBuffer, core: Core): BufferState {
  const { savedCurAttrData: pen } = buffer;
  const rows: ScreenRow[] = [];
  for (let row = 0; row < core.rows && row < buffer.lines.length; row++) {
    const line = buffer.lines.get(buffer.ybase + row);
    if (line) {
      rows.push(toRow(line));
    }
  }
  return {
    rows,
    cursor: { column: Math.min(buffer.x, core.cols), row: buffer.y },
    margins: { top: buffer.scrollTop, bottom: buffer.scrollBottom },
    saved: {
      column: buffer.savedX,
      row: Math.max(buffer.savedY - buffer.ybase, 0),
      pen: {
        foreground: normalized(pen.fg),
        background: normalized(pen.bg),
        underline: 0,
      },
      charset: charsetOf(buffer.savedCharset),
    },
    tabStops: Object.keys(buffer.tabs)
      .map(Number)
      .filter(column => buffer.tabs[column] && column < core.cols)
      .sort((a, b) => a - b),
  };
}

function toRow(line: CoreLine): ScreenRow {
  return {
    isWrapped: line.isWrapped,
    widthAt: column => line.getWidth(column),
    textAt: column => (line.hasContent(column) ? line.getString(column) : ''),
    attributesAt: column => {
      const background = normalized(line.getBg(column));
      return {
        foreground: normalized(line.getFg(column)),
        background,
        underline:
          background & EXTENDED
            ? normalized(line._extendedAttrs[column]?.ext ?? 0)
            : 0,
      };
    },
  };
}

function measure(text: string, core: Core) {
  let joinState = 0;
  let isOneCell = true;
  let width = 0;
  let isFirst = true;
  for (const character of text) {
    joinState = core.unicodeService.charProperties(
      character.codePointAt(0) ?? 0,
      joinState,
    );
    // The lowest bit says that it joins the one before it, the next two are the width.
    isOneCell &&= isFirst !== Boolean(joinState & 1);
    width = (joinState >> 1) & 3;
    isFirst = false;
  }
  return { joinState, width, isOneCell };
}

/** The sets that a recording can designate, by the emulator's own objects for them. */
let knownCharsets: Map<object, Charset> | undefined;

function charsetOf(charset: object | undefined): Charset {
  if (!charset) {
    return 'B';
  }
  knownCharsets ??= readCharsets();
  return knownCharsets.get(charset) ?? 'B';
}

const DESIGNATABLE: readonly Charset[] = [...'0A4C5RQKYE6ZH7='];

function readCharsets(): Map<object, Charset> {
  const probe = new Terminal({ cols: 2, rows: 1, allowProposedApi: true });
  const core = coreOf(probe);
  const charsets = new Map<object, Charset>();
  for (const final of DESIGNATABLE) {
    core._inputHandler.parse(`\x1b(${final}`);
    const charset = core._charsetService._charsets[0];
    if (charset) {
      charsets.set(charset, final);
    }
  }
  probe.dispose();
  return charsets;
}
