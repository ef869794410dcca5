import {
  RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
} from 'react';

/**
 * Tells a table's style how wide its first column is, for the second one to
 * stay beside it: `--frozen-offset`.
 *
 * @returns what the table takes as its `ref`
 */
export function useFrozenColumns(): RefObject<HTMLTableElement> {
  const ref = useRef<HTMLTableElement>(null);
  const measure = useCallback(() => {
    const cell = ref.current?.rows[0]?.cells[0];
    const width = cell?.getBoundingClientRect().width ?? 0;
    ref.current?.style.setProperty('--frozen-offset', `${width}px`);
  }, []);

  // Other rows or columns: the widths are new.
  useLayoutEffect(measure);

  useEffect(() => {
    // Browsers have it; where tests run there is no layout to watch.
    if (!ref.current || typeof ResizeObserver === 'undefined') {
      return undefined;
    }
    const observer = new ResizeObserver(measure);
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [measure]);

  return ref;
}
