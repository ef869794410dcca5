import { useApi } from '@backstage/core-plugin-api';
import {
  appLanguageApiRef,
  useTranslationRef,
} from '@backstage/core-plugin-api/alpha';
import { kubernetesAuditTranslationRef } from '../translations';

/**
 * Writes numbers as the language of the page does, which need not be that of
 * the browser: `1,200` in English reads as little more than one in German. Of a
 * number that is a bound it says that there are more.
 */
export function useCountText(): (
  count: number,
  isLowerBound?: boolean,
) => string {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const { language } = useApi(appLanguageApiRef).getLanguage();
  return (count, isLowerBound = false) => {
    const total = count.toLocaleString(language);
    return isLowerBound ? t('list.atLeast', { total }) : total;
  };
}
