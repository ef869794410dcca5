import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { ButtonIcon, Tooltip, TooltipTrigger } from '@backstage/ui';
import CheckIcon from '@material-ui/icons/Check';
import CloseIcon from '@material-ui/icons/Close';
import KeyboardArrowDownIcon from '@material-ui/icons/KeyboardArrowDown';
import KeyboardArrowUpIcon from '@material-ui/icons/KeyboardArrowUp';
import LinkIcon from '@material-ui/icons/Link';
import type { ReactElement } from 'react';
import useCopyToClipboard from 'react-use/esm/useCopyToClipboard';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './DetailsHeader.module.css';

/** Which request it is, to the ones beside it in the list, its link. */
export function DetailsHeader(props: {
  titleId: string;
  title: string;
  /** Absent at the end of the page's rows. */
  onPrevious?: () => void;
  onNext?: () => void;
  onClose: () => void;
}) {
  const { titleId, title, onPrevious, onNext, onClose } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const [copied, copy] = useCopyToClipboard();
  const link = window.location.href;
  const isCopied = copied.value === link;
  return (
    <header className={classes.header}>
      <h2 id={titleId} className={classes.title}>
        {title}
      </h2>
      <HeaderButton
        label={t('details.previous')}
        icon={<KeyboardArrowUpIcon fontSize="inherit" />}
        onPress={onPrevious}
      />
      <HeaderButton
        label={t('details.next')}
        icon={<KeyboardArrowDownIcon fontSize="inherit" />}
        onPress={onNext}
      />
      <span className={classes.keys} aria-hidden>
        <kbd>K</kbd>
        <kbd>J</kbd>
      </span>
      <span className={classes.space} />
      <HeaderButton
        label={t(isCopied ? 'details.copiedLink' : 'details.copyLink')}
        icon={
          isCopied ? (
            <CheckIcon fontSize="inherit" />
          ) : (
            <LinkIcon fontSize="inherit" />
          )
        }
        onPress={() => copy(link)}
      />
      <HeaderButton
        label={t('details.close')}
        icon={<CloseIcon fontSize="inherit" />}
        onPress={onClose}
      />
    </header>
  );
}

/** A button of which only the icon is seen; disabled when it does nothing. */
function HeaderButton(props: {
  label: string;
  icon: ReactElement;
  onPress?: () => void;
}) {
  const { label, icon, onPress } = props;
  return (
    <TooltipTrigger>
      <ButtonIcon
        aria-label={label}
        icon={icon}
        variant="tertiary"
        isDisabled={!onPress}
        onPress={onPress}
      />
      <Tooltip>{label}</Tooltip>
    </TooltipTrigger>
  );
}
