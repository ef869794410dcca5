import {
  Attributes,
  colorOf,
  DEFAULT_ATTRIBUTES,
  hasNoFlags,
  isSame,
} from './attributes';
import type { SequenceWriter } from './SequenceWriter';
import type { ScreenRow, TerminalState } from './terminalState';

/** U+3000, two cells wide in every version of Unicode. */
const WIDE_SPACE = '\u3000';

/** The screen is in a state that no sequence of bytes leads to on a new terminal. */
export class UnpaintableError extends Error {
  readonly name = 'UnpaintableError';
}

/**
 * Marks the rows that continue the one above, by letting a space wrap. What
 * was there is to be painted afterwards: that does not unmark them.
 */
function paintWraps(
  rows: readonly ScreenRow[],
  columns: number,
  writer: SequenceWriter,
): void {
  const wrapInto = (row: number) => {
    writer.moveTo(columns - 1, row - 1);
    writer.print('  ', columns, columns);
    writer.moveTo(columns - 1, row - 1);
    writer.erase(1);
    writer.moveTo(0, row);
    writer.erase(1);
  };
  if (rows[0]?.isWrapped) {
    if (rows.length > 1) {
      wrapInto(1);
      // The row above leaves the screen.
      writer.raw('\x1b[S');
    } else {
      writer.moveTo(columns - 1, 0);
      writer.print('  ', columns, columns);
      writer.moveTo(0, 0);
      writer.erase(1);
    }
  }
  rows.forEach((row, index) => {
    if (index > 0 && row.isWrapped) {
      wrapInto(index);
    }
  });
}

class RowPainter {
  readonly #row: ScreenRow;
  readonly #index: number;
  readonly #columns: number;
  readonly #measure: TerminalState['measure'];
  readonly #writer: SequenceWriter;
  /** Whether cells were written to that are to be empty. */
  #isScratched = false;

  static create(
    row: ScreenRow,
    index: number,
    terminal: Pick<TerminalState, 'columns' | 'measure'>,
    writer: SequenceWriter,
  ): RowPainter {
    return new RowPainter(row, index, terminal, writer);
  }

  private constructor(
    row: ScreenRow,
    index: number,
    terminal: Pick<TerminalState, 'columns' | 'measure'>,
    writer: SequenceWriter,
  ) {
    this.#row = row;
    this.#index = index;
    this.#columns = terminal.columns;
    this.#measure = terminal.measure;
    this.#writer = writer;
  }

  paint(): void {
    this.#paintStyledBlanks();
    let column = 0;
    while (column < this.#columns) {
      const text = this.#row.textAt(column);
      if (text !== '') {
        column += this.#paintText(column, text);
      } else if (this.#row.widthAt(column) === 1) {
        column += this.#paintBlanks(column);
      } else {
        throw new UnpaintableError('half of a wide character');
      }
    }
  }

  /** @returns the cells that it takes */
  #paintText(column: number, text: string): number {
    const width = this.#row.widthAt(column);
    const pen = this.#row.attributesAt(column);
    const isAscii = text.length === 1 && text < '\x7f';
    if (isAscii ? width !== 1 : !this.#isPrintedAs(text, width)) {
      throw new UnpaintableError('text of another width than its cell');
    }
    if (width === 2) {
      this.#requireSecondHalf(column + 1, pen);
    }
    this.#writer.setPen(pen);
    if (width === 0) {
      // A combining character that found nothing to join.
      this.#writer.moveApart(column, this.#index);
    } else {
      this.#writer.moveTo(column, this.#index);
    }
    const cells = Math.max(width, 1);
    this.#writer.print(text, column + cells, this.#columns);
    if (width === 0 && column + 1 < this.#columns) {
      this.#writer.moveApart(column + 1, this.#index);
    }
    return cells;
  }

  #isPrintedAs(text: string, width: number): boolean {
    const measured = this.#measure(text);
    return measured.isOneCell && measured.width === width;
  }

  #requireSecondHalf(column: number, pen: Attributes): void {
    if (
      column >= this.#columns ||
      this.#row.widthAt(column) !== 0 ||
      this.#row.textAt(column) !== '' ||
      !isSame(this.#row.attributesAt(column), pen)
    ) {
      throw new UnpaintableError('half of a wide character');
    }
  }

  /** Erases a run of cells of one background. @returns their number */
  #paintBlanks(start: number): number {
    if (this.#isStyledBlank(start)) {
      return 1;
    }
    const background = colorOf(this.#row.attributesAt(start).background);
    let end = start + 1;
    while (
      end < this.#columns &&
      this.#isBlank(end) &&
      !this.#isStyledBlank(end) &&
      colorOf(this.#row.attributesAt(end).background) === background
    ) {
      end++;
    }
    if (background !== 0 || this.#isScratched) {
      this.#writer.setPen({ ...DEFAULT_ATTRIBUTES, background });
      this.#writer.moveTo(start, this.#index);
      this.#writer.erase(end - start);
    }
    return end - start;
  }

  #isBlank(column: number): boolean {
    return this.#row.textAt(column) === '' && this.#row.widthAt(column) === 1;
  }

  /** Erasing leaves a background alone; other blanks are what was half of a wide character. */
  #isStyledBlank(column: number): boolean {
    if (!this.#isBlank(column)) {
      return false;
    }
    const { foreground, background } = this.#row.attributesAt(column);
    return foreground !== 0 || !hasNoFlags(background);
  }

  /**
   * Makes the blanks that erasing cannot make: a wide character is printed and
   * then half of it overwritten, which leaves the other half blank with the
   * pen's attributes. The cell used beside them is painted afterwards.
   */
  #paintStyledBlanks(): void {
    let start = 0;
    while (start < this.#columns) {
      let end = start;
      while (end < this.#columns && this.#isStyledBlank(end)) {
        end++;
      }
      if (end > start) {
        this.#paintStyledRun(start, end);
      }
      start = Math.max(end, start) + 1;
    }
  }

  #paintStyledRun(start: number, end: number): void {
    this.#isScratched = true;
    if (start > 0) {
      for (let column = end - 1; column >= start; column--) {
        this.#blankHalf(column, column - 1, column - 1);
      }
    } else if (end < this.#columns) {
      for (let column = start; column < end; column++) {
        this.#blankHalf(column, column, column + 1);
      }
    } else {
      throw new UnpaintableError('a row of nothing but halves');
    }
  }

  #blankHalf(column: number, wideAt: number, overwriteAt: number): void {
    this.#writer.moveTo(wideAt, this.#index);
    this.#writer.setPen(this.#row.attributesAt(column));
    this.#writer.print(WIDE_SPACE, wideAt + 2, this.#columns);
    this.#writer.moveTo(overwriteAt, this.#index);
    this.#writer.print(' ', overwriteAt + 1, this.#columns);
  }
}

/**
 * Paints rows on an empty screen of the same size, with margins, modes and
 * character sets as they are on a new terminal.
 *
 * @throws UnpaintableError
 */
export function paintRows(
  rows: readonly ScreenRow[],
  terminal: Pick<TerminalState, 'columns' | 'measure'>,
  writer: SequenceWriter,
): void {
  paintWraps(rows, terminal.columns, writer);
  rows.forEach((row, index) =>
    RowPainter.create(row, index, terminal, writer).paint(),
  );
}
