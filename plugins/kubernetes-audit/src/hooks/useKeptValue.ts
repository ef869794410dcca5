import { storageApiRef, useApi } from '@backstage/core-plugin-api';
import { PLUGIN_ID } from 'backstage-plugin-kubernetes-audit-common';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

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
  // One after the other: a storage behind a network tells of each when it is
  // there, of an older one when a newer one is shown already.
  const own = useRef({ underWay: 0, last: Promise.resolve() });

  useEffect(() => {
    const subscription = bucket
      .observe$(key)
      .subscribe(({ presence, value }) => {
        if (presence !== 'unknown' && own.current.underWay === 0) {
          setKept(value);
        }
      });
    return () => subscription.unsubscribe();
  }, [bucket, key]);

  const keep = useCallback(
    (value: Keepable | undefined) => {
      setKept(value);
      const writes = own.current;
      writes.underWay++;
      writes.last = writes.last
        .then(() =>
          value === undefined ? bucket.remove(key) : bucket.set(key, value),
        )
        // What cannot be kept holds as long as the page is open.
        .catch(() => {})
        .then(() => {
          writes.underWay--;
        });
    },
    [bucket, key],
  );

  return [kept, keep];
}
