import type { TranslationFunction } from '@backstage/core-plugin-api/alpha';
import { DateTime } from 'luxon';
import { formatMinute } from '../../format';
import { TimeRange, toLocalInputs } from '../../query';
import type { kubernetesAuditTranslationRef } from '../../translations';

type Translate = TranslationFunction<
  (typeof kubernetesAuditTranslationRef)['T']
>;

/** A range in words, in the viewer's time zone. */
export function describeRange(range: TimeRange, t: Translate): string {
  if (range.kind === 'today') {
    return t('filter.today');
  }
  if (range.kind !== 'custom') {
    return t(`range.${range.kind}`);
  }
  const inputs = toLocalInputs(range, DateTime.local().zone);
  const from = inputs.from && formatMinute(inputs.from);
  const to = inputs.to && formatMinute(inputs.to);
  if (from && to) {
    return t('filter.between', { from, to });
  }
  return from ? t('filter.since', { from }) : t('filter.until', { to });
}
