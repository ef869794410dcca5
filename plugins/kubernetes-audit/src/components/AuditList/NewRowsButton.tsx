import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import ArrowUpwardIcon from '@material-ui/icons/ArrowUpward';
import { useCountText } from '../../hooks';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './NewRowsButton.module.css';
import type { NewRows } from './useNewRows';

/** Over the table's top: shows the rows that have been added, when asked to. */
export function NewRowsButton(props: { newRows: NewRows; onShow: () => void }) {
  const { count, isLowerBound } = props.newRows;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const countText = useCountText();
  return (
    <div className={classes.place} role="status">
      {count > 0 && (
        <button type="button" className={classes.button} onClick={props.onShow}>
          <ArrowUpwardIcon fontSize="inherit" aria-hidden />
          {t('list.newRequests', {
            count,
            shown: countText(count, isLowerBound),
          })}
        </button>
      )}
    </div>
  );
}
