import { Attributes, EXTENDED, isSame } from './attributes';
import { UnpaintableError } from './paintRows';
import { isPlainPen, plainPen, underlineOnly } from './penSequence';
import type { SequenceWriter } from './SequenceWriter';
import type { BufferState, ScreenRow, TerminalState } from './terminalState';

/** Designate G0 to G3. */
const DESIGNATORS = ['\x1b(', '\x1b)', '\x1b*', '\x1b+'];
/** Put G0 to G3 into use. */
const SHIFTS = ['\x0f', '\x0e', '\x1bn', '\x1bo'];
const CURSOR_STYLES = { block: 1, underline: 3, bar: 5 } as const;
/** A cursor style that does not exist sets the blinking alone. */
const NO_CURSOR_STYLE = 7;

/**
 * Sets the modes, the character sets, the pen and at last the cursor of the
 * screen in use, whose cells, margins and saved cursor are there already.
 *
 * @throws UnpaintableError
 */
export function paintCursorAndModes(
  state: TerminalState,
  writer: SequenceWriter,
): void {
  const buffer = state.isAlternate ? state.alternate : state.normal;
  const isBehindMargin =
    buffer.cursor.column >= state.columns && state.joinState === 0;
  writer.opaque(modes(state));
  const top = enterOrigin(state, buffer, writer);
  if (isBehindMargin) {
    writer.opaque(printLastCell(state, buffer, top));
  }
  writer.opaque(penAndCharsets(state, buffer, isBehindMargin));
  if (state.joinState !== 0) {
    writer.opaque(printJoinable(state, buffer, top));
  } else {
    const { column, row } = buffer.cursor;
    writer.opaque(
      `${isBehindMargin ? '' : position(column, row - top)}${lateModes(state)}`,
    );
  }
}

function modes({ modes: mode }: TerminalState): string {
  return [
    `\x1b[20${mode.newLine ? 'h' : 'l'}`,
    `\x1b[?12${mode.blink ? 'h' : 'l'}`,
    mode.applicationCursorKeys && '\x1b[?1h',
    mode.applicationKeypad && '\x1b=',
    mode.bracketedPasteMode && '\x1b[?2004h',
    mode.reverseWraparound && '\x1b[?45h',
    !mode.wraparound && '\x1b[?7l',
    mode.cursorHidden && '\x1b[?25l',
    cursorStyle(mode),
  ]
    .filter(Boolean)
    .join('');
}

function cursorStyle({
  cursorStyle: style,
  cursorBlink: blinks,
}: TerminalState['modes']): string | undefined {
  if (blinks === undefined) {
    return undefined;
  }
  const blinking = style ? CURSOR_STYLES[style] : NO_CURSOR_STYLE;
  return `\x1b[${blinks ? blinking : blinking + 1} q`;
}

/** Modes that change what printing does, or when it is shown. */
function lateModes({ modes: mode }: TerminalState): string {
  return `${mode.insert ? '\x1b[4h' : ''}${
    mode.synchronizedOutput ? '\x1b[?2026h' : ''
  }`;
}

/** @returns the row that positions count from */
function enterOrigin(
  { modes: mode }: TerminalState,
  { cursor, margins }: BufferState,
  writer: SequenceWriter,
): number {
  if (!mode.origin) {
    return 0;
  }
  if (cursor.row < margins.top || cursor.row > margins.bottom) {
    throw new UnpaintableError('a cursor outside of its margins');
  }
  writer.opaque('\x1b[?6h');
  return margins.top;
}

function position(column: number, row: number): string {
  return `\x1b[${row + 1};${column + 1}H`;
}

/** The column of the character that ends before the column. */
function characterBefore(row: ScreenRow, column: number): number {
  const isSecondHalf =
    row.widthAt(column - 1) === 0 && row.textAt(column - 1) === '';
  return isSecondHalf ? column - 2 : column - 1;
}

/** Only a character in the last column takes the cursor behind it. */
function printLastCell(
  { columns }: TerminalState,
  { rows, cursor }: BufferState,
  top: number,
): string {
  const row = rows[cursor.row];
  const column = characterBefore(row, columns);
  const text = row.textAt(column);
  const pen = row.attributesAt(column);
  if (text === '' || !isPlainPen(pen)) {
    throw new UnpaintableError('a cursor behind nothing');
  }
  return `${position(column, cursor.row - top)}${plainPen(pen)}${text}`;
}

/**
 * Where DECRC alone leads to the pen or the character set, both must still be
 * as the buffer's saved cursor has them.
 */
function penAndCharsets(
  { pen, charset, charsets, shift }: TerminalState,
  { saved }: BufferState,
  isBehindMargin: boolean,
): string {
  const designations = charsets
    .map((set, level) => (set === 'B' ? '' : `${DESIGNATORS[level]}${set}`))
    .join('');
  const isPlain = isPlainPen(pen);
  const isRestoredCharset = charset !== charsets[shift];
  if (isPlain && !isRestoredCharset) {
    return `${designations}${shift === 0 ? '' : SHIFTS[shift]}${plainPen(pen)}`;
  }
  if (
    isBehindMargin ||
    (isRestoredCharset && charset !== saved.charset) ||
    (!isPlain && !isSame({ ...pen, underline: 0 }, saved.pen))
  ) {
    throw new UnpaintableError('a pen that was restored and changed');
  }
  return [
    designations,
    isRestoredCharset ? SHIFTS[shift] : '',
    underlineOnly(pen.underline),
    '\x1b8',
    isRestoredCharset ? '' : SHIFTS[shift],
    isPlain ? plainPen(pen) : '',
  ].join('');
}

/**
 * Prints the character before the cursor once more, with the pen that printed
 * it, so that a combining character finds it. Nothing may come after it.
 */
function printJoinable(
  state: TerminalState,
  { rows, cursor }: BufferState,
  top: number,
): string {
  const row = rows[cursor.row];
  const column = characterBefore(row, cursor.column);
  const text = column < 0 ? '' : row.textAt(column);
  const { joinState, width, isOneCell } = state.measure(text);
  if (
    text === '' ||
    !isOneCell ||
    joinState !== state.joinState ||
    column + width !== cursor.column ||
    !isSame(row.attributesAt(column), visible(state.pen))
  ) {
    throw new UnpaintableError('a cursor that is not behind what was printed');
  }
  return [
    position(column, cursor.row - top),
    // To insert it moves the rest of the row back to where it is.
    state.modes.insert ? `\x1b[${width}P` : '',
    lateModes(state),
    text,
  ].join('');
}

/** The pen as a cell keeps it. */
function visible(pen: Attributes): Attributes {
  return pen.background & EXTENDED ? pen : { ...pen, underline: 0 };
}
