import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './HistogramLegend.module.css';
import type { Slots } from './histogramSlots';
import { useBarWidth } from './useBarWidth';
import { RESULTS, useShownCount } from './useShownCount';

/** What the bars stand for, how many calls they are, and how long each is. */
export function HistogramLegend(props: { view: Slots }) {
  const { total, widthMs } = props.view;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const barWidth = useBarWidth(widthMs);
  const shownCount = useShownCount();
  return (
    <div className={classes.legend}>
      {RESULTS.map(result => (
        <span key={result} className={classes.entry}>
          <span className={classes.swatch} data-result={result} aria-hidden />
          {t(`value.${result}`)}
          <strong>{shownCount(total, result)}</strong>
        </span>
      ))}
      <span className={classes.width}>{barWidth}</span>
    </div>
  );
}
