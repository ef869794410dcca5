import { Fragment, MouseEvent, ReactNode, useRef } from 'react';
import { visibleText } from '../../format';
import classes from './AuditTable.module.css';
import { AuditTableHead, HeadColumn, SortOrder } from './AuditTableHead';
import { useFrozenColumns } from './useFrozenColumns';
import { useRowsInSight } from './useRowsInSight';

/** Rows of the table's shape while nothing is known. */
const SKELETON_ROWS = 8;

/** A column of a table; its text is also the cell's tooltip. */
export type AuditColumn<TRow> = {
  id: string;
  label: string;
  /** The value in full; absent is shown as a dash. */
  text: (row: TRow) => string | undefined;
  /** What is shown when the plain text is not enough. */
  render?: (row: TRow, text: string) => ReactNode;
  /** Cuts longer values, with a tooltip, beyond so many characters. */
  maxCharacters?: number;
  align?: 'end';
};

/** What is said between the rows, before the row of an index or after the last. */
export type RowNote = { key: string; index: number; content: ReactNode };

/**
 * A wide table that scrolls inside itself, but for its first columns; a click
 * on a row opens it.
 */
export function AuditTable<TRow extends { id: string }>(props: {
  label: string;
  columns: readonly AuditColumn<TRow>[];
  rows: readonly TRow[];
  notes?: readonly RowNote[];
  openId?: string;
  isReloading: boolean;
  /** Absent where there is one order only. */
  sort?: SortOrder;
  /** Absent where rows are all that there is to see. */
  onOpen?: (row: TRow) => void;
}) {
  const { label, columns, rows, openId, isReloading, sort, onOpen } = props;
  const notesBefore = (index: number) =>
    props.notes
      ?.filter(note => note.index === index)
      .map(({ key, content }) => (
        <tr key={key} className={classes.note}>
          <td colSpan={columns.length}>
            <div className={classes.noteContent}>{content}</div>
          </td>
        </tr>
      ));
  return (
    <TableFrame
      label={label}
      isBusy={isReloading}
      firstId={rows[0]?.id}
      openId={openId}
    >
      <AuditTableHead columns={columns} sort={sort} />
      <tbody>
        {rows.map((row, index) => (
          <Fragment key={row.id}>
            {notesBefore(index)}
            <tr
              className={onOpen && classes.row}
              data-open={row.id === openId || undefined}
              onClick={event => {
                if (isPlainClick(event)) {
                  onOpen?.(row);
                }
              }}
            >
              {columns.map(column => (
                <Cell key={column.id} column={column} row={row} />
              ))}
            </tr>
          </Fragment>
        ))}
        {notesBefore(rows.length)}
      </tbody>
    </TableFrame>
  );
}

/** The table's shape while its first rows are on their way. */
export function AuditTableSkeleton(props: {
  label: string;
  columns: readonly HeadColumn[];
  sort?: SortOrder;
}) {
  const { label, columns, sort } = props;
  return (
    <TableFrame label={label} isBusy>
      <AuditTableHead columns={columns} sort={sort} />
      <tbody aria-hidden>
        {Array.from({ length: SKELETON_ROWS }, (_, row) => (
          <tr key={row}>
            {columns.map(({ id }, column) => (
              <td key={id}>
                <span
                  className={classes.bone}
                  style={{ width: `${40 + ((row * 7 + column * 13) % 50)}%` }}
                />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}

function TableFrame(props: {
  label: string;
  isBusy: boolean;
  firstId?: string;
  openId?: string;
  children: ReactNode;
}) {
  const { label, isBusy, children } = props;
  const frozen = useFrozenColumns();
  const scroller = useRef<HTMLDivElement>(null);
  useRowsInSight(scroller, props);
  return (
    <div className={classes.frame} data-busy={isBusy || undefined}>
      {/* Focusable so that the keyboard can scroll it. */}
      <div
        ref={scroller}
        className={classes.scroller}
        role="region"
        aria-label={label}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
      >
        <table
          ref={frozen}
          className={classes.table}
          aria-label={label}
          aria-busy={isBusy}
        >
          {children}
        </table>
      </div>
    </div>
  );
}

function Cell<TRow>(props: { column: AuditColumn<TRow>; row: TRow }) {
  const { column, row } = props;
  const text = visibleText(column.text(row) ?? '');
  if (!text) {
    return (
      <td className={classes.none} data-align={column.align}>
        –
      </td>
    );
  }
  return (
    <td data-align={column.align}>
      <div
        className={classes.value}
        title={text}
        style={
          column.maxCharacters
            ? { maxWidth: `${column.maxCharacters}ch` }
            : undefined
        }
      >
        {column.render ? column.render(row, text) : text}
      </div>
    </td>
  );
}

/** Not one on a link or button inside the row, nor one that selects text. */
function isPlainClick(event: MouseEvent<HTMLElement>): boolean {
  const { target } = event;
  return (
    !(target instanceof Element && target.closest('a, button')) &&
    !window.getSelection()?.toString()
  );
}
