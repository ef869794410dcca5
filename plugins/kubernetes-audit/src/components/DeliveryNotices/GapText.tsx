import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import ReportProblemOutlinedIcon from '@material-ui/icons/ReportProblemOutlined';
import type { DeliveryGap } from 'backstage-plugin-kubernetes-audit-common';
import { formatTimestamp } from '../../format';
import { useCountText } from '../../hooks';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './GapText.module.css';

/** That calls have not arrived: whose, which and since when. */
export function GapText(props: { gap: DeliveryGap }) {
  const { agentId, missing, firstSequence, lastSequence, since } = props.gap;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const countText = useCountText();
  return (
    <span className={classes.gap}>
      <ReportProblemOutlinedIcon fontSize="inherit" aria-hidden />
      <span>
        <strong>
          {t('delivery.gap', {
            count: missing,
            shown: countText(missing),
            agent: agentId,
          })}
        </strong>{' '}
        <span className={classes.detail}>
          {t('delivery.gapDetail', {
            range:
              firstSequence === lastSequence
                ? String(firstSequence)
                : `${firstSequence} – ${lastSequence}`,
            time: formatTimestamp(since),
          })}
        </span>
      </span>
    </span>
  );
}
