import { SearchField } from '@backstage/ui';
import { useEffect, useRef, useState } from 'react';
import useDebounce from 'react-use/esm/useDebounce';

/** The list follows the search field after so long without a key, in milliseconds. */
const SEARCH_DELAY = 350;

/** A search field that a list follows when its user pauses. */
export function DelayedSearchField(props: {
  label: string;
  search: string;
  onSearch: (search: string) => void;
  className?: string;
}) {
  const { label, search, onSearch, className } = props;
  const [text, setText] = useState(search);

  // What was typed meanwhile is not lost when the search that was submitted comes back.
  const submitted = useRef(search);
  useEffect(() => {
    // The search changed by other means: the back button, or cleared filters.
    if (search !== submitted.current) {
      submitted.current = search;
      setText(search);
    }
  }, [search]);

  const submit = (value: string) => {
    if (value.trim() !== search) {
      submitted.current = value.trim();
      onSearch(submitted.current);
    }
  };
  useDebounce(() => submit(text), SEARCH_DELAY, [text]);

  return (
    <SearchField
      className={className}
      aria-label={label}
      placeholder={label}
      size="small"
      value={text}
      onChange={setText}
      onSubmit={submit}
      onClear={() => submit('')}
    />
  );
}
