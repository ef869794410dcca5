import ArrowDownwardIcon from '@material-ui/icons/ArrowDownward';
import ArrowUpwardIcon from '@material-ui/icons/ArrowUpward';
import classes from './AuditTable.module.css';

/** A column as its head shows it. */
export type HeadColumn = { id: string; label: string; align?: 'end' };

/** The column that the rows are ordered by, and how to turn the order round. */
export type SortOrder = {
  columnId: string;
  direction: 'ascending' | 'descending';
  onReverse: () => void;
};

/** The labels of the columns. */
export function AuditTableHead(props: {
  columns: readonly HeadColumn[];
  sort?: SortOrder;
}) {
  const { columns, sort } = props;
  const Arrow =
    sort?.direction === 'ascending' ? ArrowUpwardIcon : ArrowDownwardIcon;
  return (
    <thead>
      <tr>
        {columns.map(({ id, label, align }) =>
          sort?.columnId === id ? (
            <th
              key={id}
              scope="col"
              data-align={align}
              aria-sort={sort.direction}
            >
              <button
                type="button"
                className={classes.sort}
                onClick={sort.onReverse}
              >
                {label}
                <Arrow fontSize="inherit" aria-hidden />
              </button>
            </th>
          ) : (
            <th key={id} scope="col" data-align={align}>
              {label}
            </th>
          ),
        )}
      </tr>
    </thead>
  );
}
