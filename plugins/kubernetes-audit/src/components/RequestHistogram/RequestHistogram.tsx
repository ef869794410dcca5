import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import ErrorOutlineIcon from '@material-ui/icons/ErrorOutline';
import { useMemo } from 'react';
import { failureOf } from '../../api';
import type { Loaded } from '../../hooks';
import { kubernetesAuditTranslationRef } from '../../translations';
import { HistogramLegend } from './HistogramLegend';
import { HistogramPlot } from './HistogramPlot';
import { HistogramOfRange, slotsOf, Span } from './histogramSlots';
import classes from './RequestHistogram.module.css';

/** Bars of the chart's shape while nothing is known. */
const BONES = Array.from({ length: 48 }, (_, bar) => 18 + ((bar * 37) % 60));

/**
 * The calls over time by result: a part of the range that is brushed, or
 * selected with keys, becomes the range. As high in every state, so that the
 * list under it stays where it is.
 */
export function RequestHistogram(props: {
  chart: Loaded<HistogramOfRange>;
  onZoom: (bounds: { from: string; to: string }) => void;
}) {
  const { value, error, isLoading, reload } = props.chart;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const view = useMemo(() => value && slotsOf(value), [value]);
  const hasCalls = view !== undefined && view.highest > 0;
  const zoom = ({ from, to }: Span) =>
    props.onZoom({
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
    });
  return (
    <section
      className={classes.frame}
      aria-label={t('histogram.title')}
      aria-busy={isLoading}
    >
      <div className={classes.head}>
        {view && <HistogramLegend view={view} />}
        <span className={classes.space} />
        {view && error ? (
          <ChartFailure error={error} onRetry={reload} />
        ) : (
          hasCalls && (
            <span className={classes.hint}>
              <span data-for="pointer">{t('histogram.drag')}</span>
              <span data-for="keys">{t('histogram.keys')}</span>
            </span>
          )
        )}
      </div>
      {hasCalls ? (
        <HistogramPlot view={view} isReloading={isLoading} onZoom={zoom} />
      ) : (
        <div className={classes.empty}>
          {value && t('histogram.empty')}
          {!value && isLoading && <Bones />}
          {!value && error && <ChartFailure error={error} onRetry={reload} />}
        </div>
      )}
    </section>
  );
}

function Bones() {
  return (
    <div className={classes.bones} aria-hidden>
      {BONES.map((height, bar) => (
        <span key={bar} style={{ height: `${height}%` }} />
      ))}
    </div>
  );
}

function ChartFailure(props: { error: Error; onRetry: () => void }) {
  const { message } = failureOf(props.error);
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return (
    // Not an alert: where the list fails too, that is one.
    <span className={classes.failure} role="status">
      <ErrorOutlineIcon fontSize="inherit" aria-hidden />
      <span className={classes.reason} title={message}>
        {t('histogram.failed', { message })}
      </span>
      <Button size="small" variant="secondary" onPress={props.onRetry}>
        {t('error.retry')}
      </Button>
    </span>
  );
}
