import { ButtonIcon } from '@backstage/ui';
import CloseIcon from '@material-ui/icons/Close';
import { ReactNode, useId } from 'react';
import classes from './PanelFrame.module.css';

/** A part beside the replay that can be closed. */
export function PanelFrame(props: {
  title: string;
  closeLabel: string;
  onClose: () => void;
  children: ReactNode;
}) {
  const { title, closeLabel, onClose, children } = props;
  const titleId = useId();
  return (
    <section className={classes.panel} aria-labelledby={titleId}>
      <header className={classes.header}>
        <h3 id={titleId} className={classes.title}>
          {title}
        </h3>
        <ButtonIcon
          aria-label={closeLabel}
          icon={<CloseIcon fontSize="small" />}
          variant="tertiary"
          onPress={onClose}
        />
      </header>
      {children}
    </section>
  );
}
