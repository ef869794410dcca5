import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { useCallback } from 'react';
import { kubernetesAuditTranslationRef } from '../../translations';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Tells a duration in the largest unit that it is whole in. */
export function useDurationText() {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return useCallback(
    (milliseconds: number) => {
      if (milliseconds >= 2 * DAY && milliseconds % DAY === 0) {
        return t('access.days', { count: milliseconds / DAY });
      }
      if (milliseconds >= HOUR && milliseconds % HOUR === 0) {
        return t('access.hours', { count: milliseconds / HOUR });
      }
      return t('access.minutes', {
        count: Math.round(milliseconds / MINUTE),
      });
    },
    [t],
  );
}
