import type { IBuffer, IBufferCell, Terminal } from '@xterm/headless';

/** Attributes of a cell that the emulator's published types leave out. */
type FullCell = IBufferCell & {
  isProtected(): number;
  getUnderlineStyle(): number;
  getUnderlineColor(): number;
  getUnderlineColorMode(): number;
};

/** Everything of a cell that can be seen, or that decides how it can be erased. */
function describeCell(cell: FullCell): string {
  return [
    cell.getChars(),
    cell.getWidth(),
    cell.getFgColorMode(),
    cell.getFgColor(),
    cell.getBgColorMode(),
    cell.getBgColor(),
    cell.isBold() && 'bold',
    cell.isDim() && 'dim',
    cell.isItalic() && 'italic',
    cell.isUnderline() && 'underline',
    cell.isBlink() && 'blink',
    cell.isInverse() && 'inverse',
    cell.isInvisible() && 'invisible',
    cell.isStrikethrough() && 'strikethrough',
    cell.isOverline() && 'overline',
    cell.isProtected() && 'protected',
    cell.getUnderlineStyle(),
    cell.getUnderlineColorMode(),
    cell.getUnderlineColor(),
  ].join(' ');
}

function describeBuffer(buffer: IBuffer, terminal: Terminal): string[] {
  const rows: string[] = [];
  for (let row = 0; row < terminal.rows; row++) {
    const line = buffer.getLine(buffer.baseY + row);
    if (line) {
      const cells = Array.from({ length: terminal.cols }, (_, column) =>
        describeCell(line.getCell(column) as FullCell),
      );
      rows.push(`${line.isWrapped ? 'wrapped ' : ''}${cells.join('|')}`);
    }
  }
  return rows;
}

/** Both screens, cell by cell, and the cursor. */
export function readCells(terminal: Terminal): string[] {
  const { active, normal, alternate } = terminal.buffer;
  const column = Math.min(active.cursorX, terminal.cols);
  return [
    `${terminal.cols}x${terminal.rows} ${active.type} ${column},${active.cursorY}`,
    ...describeBuffer(normal, terminal),
    ...describeBuffer(alternate, terminal),
  ];
}

/** The lines that differ, for a message that can be read. */
export function differences(a: Terminal, b: Terminal): string[] {
  const [left, right] = [readCells(a), readCells(b)];
  const lines = Math.max(left.length, right.length);
  return Array.from({ length: lines }, (_, index) => index)
    .filter(index => left[index] !== right[index])
    .map(index => describeDifference(index, left[index], right[index]));
}

function describeDifference(index: number, a = '', b = ''): string {
  const [left, right] = [a.split('|'), b.split('|')];
  const cell = left.findIndex((text, column) => text !== right[column]);
  return `line ${index - 1}, cell ${cell}: ${JSON.stringify(
    left[cell],
  )} is not ${JSON.stringify(right[cell])}`;
}
