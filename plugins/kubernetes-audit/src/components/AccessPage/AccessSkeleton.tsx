import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Skeleton } from '@backstage/ui';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './AccessPage.module.css';

/** The page's shape while nothing is known. */
export function AccessSkeleton() {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return (
    <div role="status" aria-label={t('list.loading')} className={classes.bones}>
      <Skeleton height={88} />
      <Skeleton height={180} />
      <Skeleton height={220} />
    </div>
  );
}
