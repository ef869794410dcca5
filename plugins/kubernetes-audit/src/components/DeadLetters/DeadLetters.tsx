import { useApi } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button, Skeleton } from '@backstage/ui';
import InboxIcon from '@material-ui/icons/Inbox';
import type { DeadLetterPage } from 'backstage-plugin-kubernetes-audit-common';
import { useCallback, useId } from 'react';
import { kubernetesAuditApiRef } from '../../api';
import { useLoad } from '../../hooks';
import { kubernetesAuditTranslationRef } from '../../translations';
import { ListMessage, LoadError } from '../AuditList';
import { SideDrawer, SideDrawerContent, SideDrawerHeader } from '../SideDrawer';
import { DeadLetterItem } from './DeadLetterItem';
import classes from './DeadLetters.module.css';

/** Names the page with the newest records. */
export const NEWEST_DEAD_LETTERS = 'newest';
/** Records of one page. */
const PAGE_SIZE = 25;

/** The records that were kept aside, in a drawer over the list. */
export function DeadLetters(props: {
  /** {@link NEWEST_DEAD_LETTERS} or a cursor; nothing is open without it. */
  page?: string;
  onNavigate: (page: string) => void;
  onClose: () => void;
}) {
  const { page, onNavigate, onClose } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const titleId = useId();
  return (
    <SideDrawer isOpen={Boolean(page)} titleId={titleId} onClose={onClose}>
      <SideDrawerHeader
        titleId={titleId}
        title={t('deadLetters.title')}
        onClose={onClose}
      />
      <SideDrawerContent key={page}>
        <p className={classes.intro}>{t('deadLetters.intro')}</p>
        {page && <LoadedPage page={page} onNavigate={onNavigate} />}
      </SideDrawerContent>
    </SideDrawer>
  );
}

function LoadedPage(props: {
  page: string;
  onNavigate: (page: string) => void;
}) {
  const { page, onNavigate } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const api = useApi(kubernetesAuditApiRef);
  const cursor = page === NEWEST_DEAD_LETTERS ? undefined : page;
  const { value, error, reload } = useLoad<DeadLetterPage>(
    useCallback(
      (signal: AbortSignal) =>
        api.listDeadLetters({ cursor, limit: PAGE_SIZE }, { signal }),
      [api, cursor],
    ),
  );
  if (error) {
    return (
      <LoadError
        error={error}
        denied={t('error.deniedDeadLetters')}
        onRetry={reload}
      />
    );
  }
  if (!value) {
    return (
      <div role="status" aria-label={t('list.loading')}>
        {Array.from({ length: 4 }, (_, item) => (
          <Skeleton key={item} className={classes.bone} height={76} />
        ))}
      </div>
    );
  }
  const { items, nextCursor } = value;
  return (
    <>
      {items.length === 0 ? (
        <ListMessage
          icon={<InboxIcon fontSize="inherit" />}
          title={t('deadLetters.empty')}
        />
      ) : (
        <ul className={classes.list}>
          {items.map(item => (
            <DeadLetterItem key={item.id} letter={item} />
          ))}
        </ul>
      )}
      {(cursor || nextCursor) && (
        <nav className={classes.paging} aria-label={t('list.paging')}>
          <Button
            variant="secondary"
            isDisabled={!cursor}
            onPress={() => onNavigate(NEWEST_DEAD_LETTERS)}
          >
            {t('deadLetters.newest')}
          </Button>
          <Button
            variant="secondary"
            isDisabled={!nextCursor}
            onPress={() => nextCursor && onNavigate(nextCursor)}
          >
            {t('deadLetters.older')}
          </Button>
        </nav>
      )}
    </>
  );
}
