import { Attributes, DEFAULT_ATTRIBUTES, isSame } from './attributes';
import { anyPen, isPlainPen } from './penSequence';

/**
 * Writes escape sequences and knows where cursor and pen are, so that it sets
 * them only when they change. Columns and rows count from 0.
 */
export class SequenceWriter {
  readonly #parts: string[] = [];
  #pen: Attributes | undefined = DEFAULT_ATTRIBUTES;
  /** Undefined when it is not known, or behind the last column. */
  #cursor: { column: number; row: number } | undefined;
  #hasSavedCursor = false;

  static create(): SequenceWriter {
    return new SequenceWriter();
  }

  private constructor() {}

  get text(): string {
    return this.#parts.join('');
  }

  /** Whether a pen has overwritten the saved cursor of the screen in use. */
  get hasSavedCursor(): boolean {
    return this.#hasSavedCursor;
  }

  /** A sequence that moves no cursor and changes no pen. */
  raw(sequence: string): void {
    this.#parts.push(sequence);
  }

  /** A sequence after which cursor and pen may be anywhere. */
  opaque(sequence: string): void {
    this.#parts.push(sequence);
    this.#pen = undefined;
    this.#cursor = undefined;
  }

  /** Changes to the other of the two screens, with the default pen. */
  switchScreen(sequence: string): void {
    this.setPen(DEFAULT_ATTRIBUTES);
    this.#parts.push(sequence);
    this.#cursor = undefined;
    this.#hasSavedCursor = false;
  }

  moveTo(column: number, row: number): void {
    if (this.#cursor?.row !== row || this.#cursor.column !== column) {
      this.#parts.push(
        this.#cursor?.row === row
          ? `\x1b[${column + 1}G`
          : `\x1b[${row + 1};${column + 1}H`,
      );
      this.#cursor = { column, row };
    }
  }

  /** Moves there by a sequence in any case, so that nothing joins what was printed before. */
  moveApart(column: number, row: number): void {
    this.#cursor = undefined;
    this.moveTo(column, row);
  }

  setPen(pen: Attributes): void {
    if (!this.#pen || !isSame(this.#pen, pen)) {
      this.#parts.push(anyPen(pen));
      this.#hasSavedCursor ||= !isPlainPen(pen);
      this.#pen = pen;
    }
  }

  /** @param end - the column behind the text, which must not be behind the last */
  print(text: string, end: number, columns: number): void {
    this.#parts.push(text);
    this.#cursor =
      this.#cursor && end < columns
        ? { column: end, row: this.#cursor.row }
        : undefined;
  }

  /** Erases cells from the cursor on, with the pen's background; the cursor stays. */
  erase(cells: number): void {
    this.#parts.push(`\x1b[${cells === 1 ? '' : cells}X`);
  }
}
