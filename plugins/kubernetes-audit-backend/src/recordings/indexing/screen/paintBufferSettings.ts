import { savedPen } from './penSequence';
import { DEFAULT_ATTRIBUTES, isSame } from './attributes';
import type { SequenceWriter } from './SequenceWriter';
import type { BufferState, SavedCursor, TerminalState } from './terminalState';

const TAB_WIDTH = 8;

/**
 * Sets what each of the two screens has of its own beside its cells. Leaves
 * the pen, the character sets and the modes as on a new terminal.
 */
export function paintBufferSettings(
  buffer: BufferState,
  terminal: TerminalState,
  writer: SequenceWriter,
): void {
  paintTabStops(buffer.tabStops, terminal.columns, writer);
  paintSavedCursor(buffer.saved, terminal, writer);
  const { top, bottom } = buffer.margins;
  if (top !== 0 || bottom !== terminal.rows - 1) {
    writer.opaque(`\x1b[${top + 1};${bottom + 1}r`);
  }
}

function paintTabStops(
  stops: readonly number[],
  columns: number,
  writer: SequenceWriter,
): void {
  const defaults = Array.from(
    { length: Math.ceil(columns / TAB_WIDTH) },
    (_, index) => index * TAB_WIDTH,
  );
  if (stops.join() === defaults.join()) {
    return;
  }
  writer.raw('\x1b[3g');
  for (const column of stops) {
    writer.moveTo(column, 0);
    writer.raw('\x1bH');
  }
}

/** Whether it is what a new terminal has saved. */
export function isDefaultSavedCursor({
  column,
  row,
  charset,
  pen,
}: SavedCursor): boolean {
  return (
    column === 0 &&
    row === 0 &&
    charset === 'B' &&
    isSame(pen, DEFAULT_ATTRIBUTES)
  );
}

/** Saves a cursor, unless it is what a new terminal has saved. */
export function paintSavedCursor(
  saved: SavedCursor,
  { columns, rows }: Pick<TerminalState, 'columns' | 'rows'>,
  writer: SequenceWriter,
): void {
  if (isDefaultSavedCursor(saved) && !writer.hasSavedCursor) {
    return;
  }
  // A cursor beyond a screen that became smaller goes to its edge.
  writer.moveTo(
    Math.min(saved.column, columns - 1),
    Math.min(saved.row, rows - 1),
  );
  writer.opaque(`${savedPen(saved.pen)}\x1b(${saved.charset}\x1b7\x1b(B`);
  writer.setPen(DEFAULT_ATTRIBUTES);
}
