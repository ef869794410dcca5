import { storageApiRef, useApi } from '@backstage/core-plugin-api';
import { PLUGIN_ID } from 'backstage-plugin-kubernetes-audit-common';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { OPTIONAL_COLUMNS, OptionalColumn } from './useRecordingColumns';

const STORAGE_KEY = 'recordingColumns';

/** The optional columns that the user has chosen, kept for them. */
export function useChosenColumns(): [
  chosen: readonly OptionalColumn[],
  choose: (column: OptionalColumn, isChosen: boolean) => void,
] {
  const storageApi = useApi(storageApiRef);
  const bucket = useMemo(() => storageApi.forBucket(PLUGIN_ID), [storageApi]);
  const [chosen, setChosen] = useState(() =>
    knownColumns(bucket.snapshot(STORAGE_KEY).value),
  );

  useEffect(() => {
    const subscription = bucket
      .observe$(STORAGE_KEY)
      .subscribe(({ presence, value }) => {
        if (presence !== 'unknown') {
          setChosen(knownColumns(value));
        }
      });
    return () => subscription.unsubscribe();
  }, [bucket]);

  const choose = useCallback(
    (column: OptionalColumn, isChosen: boolean) => {
      const next = OPTIONAL_COLUMNS.filter(id =>
        id === column ? isChosen : chosen.includes(id),
      );
      setChosen(next);
      bucket.set(STORAGE_KEY, next);
    },
    [bucket, chosen],
  );

  return [chosen, choose];
}

/** What was kept may be of another version of the page. */
function knownColumns(value: unknown): OptionalColumn[] {
  return Array.isArray(value)
    ? OPTIONAL_COLUMNS.filter(id => value.includes(id))
    : [];
}
