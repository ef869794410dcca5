import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import { kubernetesAuditTranslationRef } from '../../translations';

/** Beside a panel's heading: loads anew what the panel shows. */
export function RefreshButton(props: { onPress: () => void }) {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return (
    <Button size="small" variant="secondary" onPress={props.onPress}>
      {t('list.refresh')}
    </Button>
  );
}
