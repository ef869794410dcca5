import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { ButtonIcon } from '@backstage/ui';
import CheckIcon from '@material-ui/icons/Check';
import FileCopyOutlinedIcon from '@material-ui/icons/FileCopyOutlined';
import useCopyToClipboard from 'react-use/esm/useCopyToClipboard';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './CommandLine.module.css';

/** A command to be copied into a terminal. */
export function CommandLine(props: { command: string }) {
  const { command } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const [copied, copy] = useCopyToClipboard();
  const isCopied = copied.value === command;
  return (
    <div className={classes.line}>
      <code className={classes.command}>{command}</code>
      <ButtonIcon
        size="small"
        variant="secondary"
        aria-label={
          isCopied ? t('details.copied') : t('access.copyCommand', { command })
        }
        icon={
          isCopied ? (
            <CheckIcon fontSize="inherit" />
          ) : (
            <FileCopyOutlinedIcon fontSize="inherit" />
          )
        }
        onPress={() => copy(command)}
      />
    </div>
  );
}
