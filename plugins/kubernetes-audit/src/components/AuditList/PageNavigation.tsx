import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { ButtonIcon } from '@backstage/ui';
import NavigateBeforeIcon from '@material-ui/icons/NavigateBefore';
import NavigateNextIcon from '@material-ui/icons/NavigateNext';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './PageNavigation.module.css';

/** To the page of newer and of older rows. */
export function PageNavigation(props: {
  prevCursor?: string;
  nextCursor?: string;
  onNavigate: (cursor: string) => void;
}) {
  const { prevCursor, nextCursor, onNavigate } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  if (!prevCursor && !nextCursor) {
    return null;
  }
  const goTo = (cursor: string | undefined) => () => {
    if (cursor) {
      onNavigate(cursor);
    }
  };
  return (
    <nav className={classes.navigation} aria-label={t('list.paging')}>
      <ButtonIcon
        aria-label={t('list.previous')}
        icon={<NavigateBeforeIcon fontSize="inherit" />}
        variant="secondary"
        isDisabled={!prevCursor}
        onPress={goTo(prevCursor)}
      />
      <ButtonIcon
        aria-label={t('list.next')}
        icon={<NavigateNextIcon fontSize="inherit" />}
        variant="secondary"
        isDisabled={!nextCursor}
        onPress={goTo(nextCursor)}
      />
    </nav>
  );
}
