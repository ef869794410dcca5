import Dialog from '@material-ui/core/Dialog';
import { KeyboardEvent, ReactNode, useId } from 'react';
import surface from '../Surface/Surface.module.css';
import classes from './ModalDialog.module.css';

/** Asks for something over the page: a title, what is asked, and buttons. */
export function ModalDialog(props: {
  title: string;
  onClose: () => void;
  onKeyDown?: (event: KeyboardEvent) => void;
  children: ReactNode;
}) {
  const { title, onClose, onKeyDown, children } = props;
  const titleId = useId();
  return (
    <Dialog
      open
      onClose={onClose}
      onKeyDown={onKeyDown}
      PaperProps={{
        'aria-modal': true,
        'aria-labelledby': titleId,
        className: `${surface.surface} ${classes.paper}`,
      }}
    >
      <h2 id={titleId} className={classes.title}>
        {title}
      </h2>
      {children}
    </Dialog>
  );
}

/** Why it did not work. */
export function DialogError(props: { children: ReactNode }) {
  return (
    <p role="alert" className={classes.error}>
      {props.children}
    </p>
  );
}

/** The buttons, at the end. */
export function DialogActions(props: { children: ReactNode }) {
  return <div className={classes.actions}>{props.children}</div>;
}
