import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';

/** How a page's query is read from and written to its URL. */
export type UrlQueryCodec<TQuery extends { cursor?: string }> = {
  parse: (params: URLSearchParams) => TQuery;
  write: (params: URLSearchParams, query: TQuery) => URLSearchParams;
};

/**
 * A page's query, kept in the URL so that a link shows the same list. A change
 * goes back to the first page unless it names a cursor itself.
 *
 * @param codec - a constant
 */
export function useUrlQuery<TQuery extends { cursor?: string }>(
  codec: UrlQueryCodec<TQuery>,
) {
  const [params, setParams] = useSearchParams();
  const query = useMemo(() => codec.parse(params), [codec, params]);

  const update = useCallback(
    (patch: Partial<TQuery>, options?: { replace?: boolean }) =>
      setParams(
        previous =>
          codec.write(previous, {
            ...codec.parse(previous),
            cursor: undefined,
            ...patch,
          }),
        options,
      ),
    [codec, setParams],
  );

  return [query, update] as const;
}
