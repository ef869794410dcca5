import { storageApiRef, useApi } from '@backstage/core-plugin-api';
import { PLUGIN_ID } from 'backstage-plugin-kubernetes-audit-common';
import { useCallback, useEffect, useMemo, useState } from 'react';

/** What a page keeps as JSON. */
type Keepable = boolean | string | string[] | Record<string, string[]>;

/**
 * What a page keeps for its user, in the app's storage. What comes back may be
 * of another version of the page.
 *
 * @returns the value, and what replaces it; undefined removes it
 */
export function useKeptValue(
  key: string,
): [value: unknown, keep: (value: Keepable | undefined) => void] {
  const storageApi = useApi(storageApiRef);
  const bucket = useMemo(() => storageApi.forBucket(PLUGIN_ID), [storageApi]);
  const [kept, setKept] = useState<unknown>(() => bucket.snapshot(key).value);

  useEffect(() => {
    const subscription = bucket
      .observe$(key)
      .subscribe(({ presence, value }) => {
        if (presence !== 'unknown') {
          setKept(value);
        }
      });
    return () => subscription.unsubscribe();
  }, [bucket, key]);

  const keep = useCallback(
    (value: Keepable | undefined) => {
      setKept(value);
      if (value === undefined) {
        bucket.remove(key);
      } else {
        bucket.set(key, value);
      }
    },
    [bucket, key],
  );

  return [kept, keep];
}
