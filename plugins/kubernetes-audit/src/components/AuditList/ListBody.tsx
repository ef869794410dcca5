import type { ReactNode } from 'react';
import { failureOf } from '../../api';
import type { Loaded } from '../../hooks';
import {
  AuditColumn,
  AuditTable,
  AuditTableSkeleton,
  RowNote,
} from './AuditTable';
import type { SortOrder } from './AuditTableHead';
import { LoadError } from './LoadError';
import { PageNavigation } from './PageNavigation';
import { StaleNotice } from './StaleNotice';
import type { ListResult } from './useListPage';

/** A page of a list in whichever state it is: on its way, shown, stale, empty, failed. */
export function ListBody<TRow extends { id: string }>(props: {
  label: string;
  list: Loaded<ListResult<TRow>>;
  columns: readonly AuditColumn<TRow>[];
  /** What is said between the rows. */
  notes?: readonly RowNote[];
  sort?: SortOrder;
  openId?: string;
  /** Which permission is missing when the portal refuses. */
  denied: string;
  /** What stands in the place of rows when there are none. */
  empty: ReactNode;
  onOpen: (row: TRow) => void;
  onNavigate: (cursor: string) => void;
}) {
  const { label, list, columns, sort, openId, denied, empty } = props;
  const { error, loadedAt, isLoading, reload } = list;
  // What may not be seen any more does not stay on the screen.
  const isDenied = error !== undefined && failureOf(error).kind === 'denied';
  const page = isDenied ? undefined : list.value?.page;

  if (!page) {
    return error ? (
      <LoadError error={error} denied={denied} onRetry={reload} />
    ) : (
      <AuditTableSkeleton label={label} columns={columns} sort={sort} />
    );
  }
  return (
    <>
      {error && loadedAt && (
        <StaleNotice error={error} loadedAt={loadedAt} onRetry={reload} />
      )}
      {page.items.length === 0 ? (
        empty
      ) : (
        <AuditTable
          label={label}
          columns={columns}
          rows={page.items}
          notes={props.notes}
          openId={openId}
          isReloading={isLoading}
          sort={sort}
          onOpen={props.onOpen}
        />
      )}
      <PageNavigation
        prevCursor={page.prevCursor}
        nextCursor={page.nextCursor}
        onNavigate={props.onNavigate}
      />
    </>
  );
}
