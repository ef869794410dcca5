import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { ButtonIcon, Tooltip, TooltipTrigger } from '@backstage/ui';
import CloseIcon from '@material-ui/icons/Close';
import type { ReactElement, ReactNode } from 'react';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './SideDrawerHeader.module.css';

/** What a drawer is of, what can be done with it, and the way out. */
export function SideDrawerHeader(props: {
  titleId: string;
  title: string;
  onClose: () => void;
  /** Beside the title. */
  navigation?: ReactNode;
  /** At the end, before the way out. */
  actions?: ReactNode;
}) {
  const { titleId, title, onClose, navigation, actions } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return (
    <header className={classes.header}>
      <h2 id={titleId} className={classes.title}>
        {title}
      </h2>
      {navigation}
      <span className={classes.space} />
      {actions}
      <HeaderButton
        label={t('details.close')}
        icon={<CloseIcon fontSize="inherit" />}
        onPress={onClose}
      />
    </header>
  );
}

/** A button of which only the icon is seen; disabled when it does nothing. */
export function HeaderButton(props: {
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
