import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { ButtonIcon } from '@backstage/ui';
import RefreshIcon from '@material-ui/icons/Refresh';
import type { ReactNode } from 'react';
import { kubernetesAuditTranslationRef } from '../../translations';
import { DelayedSearchField } from './DelayedSearchField';
import classes from './ListToolbar.module.css';

/** The search field, the filter beside it, and the refresh button at the end. */
export function ListToolbar(props: {
  searchLabel: string;
  search: string;
  /** It is one step back to the list before a search, however that was typed. */
  onSearch: (search: string, options: { replace: boolean }) => void;
  filter: ReactNode;
  /** How the list is shown, beside the refresh button. */
  settings?: ReactNode;
  total?: string;
  onRefresh: () => void;
}) {
  const { searchLabel, search, onSearch, filter, settings, total, onRefresh } =
    props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return (
    <div className={classes.toolbar}>
      <DelayedSearchField
        className={classes.search}
        label={searchLabel}
        search={search}
        onSearch={text =>
          onSearch(text, { replace: text !== '' && search !== '' })
        }
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
