import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Skeleton } from '@backstage/ui';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './PanelSkeleton.module.css';

/**
 * The shape of a page's panels while nothing is known.
 *
 * @param props.heights - of the panels, in pixels
 */
export function PanelSkeleton(props: { heights: readonly number[] }) {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return (
    <div
      role="status"
      aria-label={t('list.loading')}
      className={classes.panels}
    >
      {props.heights.map((height, i) => (
        <Skeleton key={i} height={height} />
      ))}
    </div>
  );
}
