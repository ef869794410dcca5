import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { kubernetesAuditTranslationRef } from '../../translations';
import { ResultLabel } from '../EventLabels';
import type { Counts, Span } from './histogramSlots';
import classes from './HistogramTooltip.module.css';
import { shownSpan } from './shownSpan';
import { RESULTS, useShownCount } from './useShownCount';

/** When the bars are of that are pointed at, and how many calls they have. */
export function HistogramTooltip(props: {
  span: Span;
  counts: Counts;
  /** Where, from 0 to 100 over the chart. */
  percent: number;
}) {
  const { span, counts, percent } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const shownCount = useShownCount();
  return (
    <div
      className={classes.tooltip}
      // What it says is the value of the chart.
      aria-hidden
      style={{ left: `${percent}%`, transform: `translateX(-${percent}%)` }}
    >
      <div className={classes.span}>{shownSpan(span)}</div>
      {RESULTS.map(result => (
        <div key={result} className={classes.count}>
          <ResultLabel result={result} />
          <span>{shownCount(counts, result)}</span>
        </div>
      ))}
      {counts.isEstimated && (
        <div className={classes.note}>{t('histogram.estimated')}</div>
      )}
    </div>
  );
}
