import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { ButtonIcon, SearchField } from '@backstage/ui';
import RefreshIcon from '@material-ui/icons/Refresh';
import { ReactNode, useEffect, useRef, useState } from 'react';
import useDebounce from 'react-use/esm/useDebounce';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './ListToolbar.module.css';

/** The list follows the search field after so long without a key, in milliseconds. */
const SEARCH_DELAY = 350;

/** The search field, the filter beside it, and the refresh button at the end. */
export function ListToolbar(props: {
  searchLabel: string;
  search: string;
  onSearch: (search: string) => void;
  filter: ReactNode;
  /** How the list is shown, beside the refresh button. */
  settings?: ReactNode;
  total?: string;
  onRefresh: () => void;
}) {
  const { searchLabel, search, onSearch, filter, settings, total, onRefresh } =
    props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const [text, setText] = useState(search);

  // What was typed meanwhile is not lost when the search that was submitted comes back.
  const submitted = useRef(search);
  useEffect(() => {
    // The URL changed by other means: the back button, or cleared filters.
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
    <div className={classes.toolbar}>
      <SearchField
        className={classes.search}
        aria-label={searchLabel}
        placeholder={searchLabel}
        size="small"
        value={text}
        onChange={setText}
        onSubmit={submit}
        onClear={() => submit('')}
      />
      {filter}
      <span className={classes.space} />
      <span className={classes.total} role="status">
        {total}
      </span>
      {settings}
      <ButtonIcon
        aria-label={t('list.refresh')}
        icon={<RefreshIcon fontSize="inherit" />}
        variant="secondary"
        onPress={onRefresh}
      />
    </div>
  );
}
