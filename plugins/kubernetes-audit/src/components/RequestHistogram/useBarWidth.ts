import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { kubernetesAuditTranslationRef } from '../../translations';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long a bar is, in words. */
export function useBarWidth(widthMs: number): string {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  if (widthMs >= DAY_MS) {
    return t('histogram.perDay', { count: Math.round(widthMs / DAY_MS) });
  }
  return widthMs >= HOUR_MS
    ? t('histogram.perHour', { count: Math.round(widthMs / HOUR_MS) })
    : t('histogram.perMinute', { count: Math.round(widthMs / MINUTE_MS) });
}
