import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { ToggleButton, Tooltip, TooltipTrigger } from '@backstage/ui';
import AutorenewIcon from '@material-ui/icons/Autorenew';
import { kubernetesAuditTranslationRef } from '../../translations';

/** Whether the list looks for new rows by itself. */
export function AutoRefreshButton(props: {
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}) {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return (
    <TooltipTrigger>
      <ToggleButton
        size="small"
        aria-label={t('list.autoRefresh')}
        iconStart={<AutorenewIcon fontSize="inherit" />}
        isSelected={props.isOn}
        onChange={props.onChange}
      />
      <Tooltip>{t('list.autoRefresh')}</Tooltip>
    </TooltipTrigger>
  );
}
