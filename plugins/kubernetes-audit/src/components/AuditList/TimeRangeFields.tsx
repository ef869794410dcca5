import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { DateTime } from 'luxon';
import { kubernetesAuditTranslationRef } from '../../translations';
import {
  boundsOf,
  RANGE_PRESETS,
  RangePreset,
  TimeRange,
  toLocalInputs,
  withLocalInput,
} from '../../query';
import { PillGroup } from './PillGroup';
import classes from './TimeRangeFields.module.css';

/** A preset, or two moments in the viewer's time zone. */
export function TimeRangeFields(props: {
  label: string;
  range: TimeRange;
  onChange: (range: TimeRange) => void;
}) {
  const { label, range, onChange } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const now = DateTime.local();
  const bounds = boundsOf(range, now);
  const inputs = toLocalInputs(bounds, now.zone);
  const selected: RangePreset[] = range.kind === 'custom' ? [] : [range.kind];

  const input = (side: 'from' | 'to') => (
    <label className={classes.field}>
      <span>{t(`filter.${side}`)}</span>
      <input
        type="datetime-local"
        value={inputs[side]}
        onChange={event =>
          onChange(withLocalInput(bounds, side, event.target.value, now.zone))
        }
      />
    </label>
  );

  return (
    <div>
      <PillGroup
        label={label}
        type="radio"
        options={RANGE_PRESETS.map(preset => ({
          value: preset,
          label: t(`range.${preset}`),
        }))}
        selected={selected}
        onChange={kind => onChange({ kind })}
      />
      <div className={classes.fields}>
        {input('from')}
        {input('to')}
      </div>
      <p className={classes.hint}>
        {isReversed(range)
          ? t('filter.invalidRange')
          : t('filter.timeZone', { zone: now.zoneName })}
      </p>
    </div>
  );
}

/** Whether the range ends before it begins. */
export function isReversed(range: TimeRange): boolean {
  return (
    range.kind === 'custom' &&
    range.from !== undefined &&
    range.to !== undefined &&
    range.from >= range.to
  );
}
