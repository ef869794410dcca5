import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { DateTime } from 'luxon';
import { useId } from 'react';
import { useCountText } from '../../hooks';
import { kubernetesAuditTranslationRef } from '../../translations';
import surface from '../Surface/Surface.module.css';
import { HistogramBars } from './HistogramBars';
import classes from './HistogramPlot.module.css';
import { callsOf, Slots, Span, sumOf } from './histogramSlots';
import { HistogramTooltip } from './HistogramTooltip';
import { shownSpan } from './shownSpan';
import { timeTicks } from './timeTicks';
import { useBrush } from './useBrush';
import { useShownCount } from './useShownCount';

/** The bars over their axis, to be pointed at and brushed. */
export function HistogramPlot(props: {
  view: Slots;
  isReloading: boolean;
  onZoom: (span: Span) => void;
}) {
  const { view, isReloading, onZoom } = props;
  const { slots, from, to } = view;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const countText = useCountText();
  const shownCount = useShownCount();
  const hintId = useId();
  const { selection, place, listeners } = useBrush(view, onZoom);

  /** From 0 to 100 over the range. */
  const percentOf = (time: number) => ((time - from) / (to - from)) * 100;
  const partOf = (first: number, last: number) => ({
    span: { from: slots[first].from, to: slots[last].to },
    counts: sumOf(slots.slice(first, last + 1)),
  });
  const inWords = (first: number, last: number) => {
    const { span, counts } = partOf(first, last);
    return t('histogram.bar', {
      span: shownSpan(span),
      success: shownCount(counts, 'success'),
      failure: shownCount(counts, 'failure'),
    });
  };
  const selected = selection && partOf(selection.first, selection.last);

  return (
    <div className={classes.chart} data-busy={isReloading || undefined}>
      <div
        className={classes.plot}
        role="slider"
        tabIndex={0}
        aria-label={t('histogram.plot')}
        aria-describedby={hintId}
        aria-valuemin={1}
        aria-valuemax={slots.length}
        aria-valuenow={place + 1}
        aria-valuetext={
          selection
            ? inWords(selection.first, selection.last)
            : inWords(place, place)
        }
        {...listeners}
      >
        <HistogramBars view={view} percentOf={percentOf} />
        <span className={classes.highest} aria-hidden>
          {countText(view.highest)}
        </span>
        {selected && (
          <div
            className={classes.selection}
            style={{
              left: `${percentOf(selected.span.from)}%`,
              right: `${100 - percentOf(selected.span.to)}%`,
            }}
          />
        )}
      </div>
      <span id={hintId} hidden>
        {t('histogram.keys')}
      </span>
      <div className={classes.axis} aria-hidden>
        {timeTicks(view, DateTime.local().zone).map(({ time, label }) => (
          <span
            key={time}
            className={classes.tick}
            style={{ left: `${percentOf(time)}%` }}
          >
            {label}
          </span>
        ))}
      </div>
      {selected && (
        <HistogramTooltip
          {...selected}
          percent={percentOf((selected.span.from + selected.span.to) / 2)}
        />
      )}
      <ol className={surface.visuallyHidden} aria-label={t('histogram.text')}>
        {slots.map(
          (slot, index) =>
            callsOf(slot) > 0 && (
              <li key={slot.from}>{inWords(index, index)}</li>
            ),
        )}
      </ol>
    </div>
  );
}
