import Drawer from '@material-ui/core/Drawer';
import useMediaQuery from '@material-ui/core/useMediaQuery';
import { KeyboardEvent, ReactNode } from 'react';
import surface from '../Surface/Surface.module.css';
import classes from './SideDrawer.module.css';

/** Something in full, in a drawer over the list: a header, then its content. */
export function SideDrawer(props: {
  isOpen: boolean;
  /** Of the header's title. */
  titleId: string;
  onClose: () => void;
  onKeyDown?: (event: KeyboardEvent) => void;
  children: ReactNode;
}) {
  const { isOpen, titleId, onClose, onKeyDown, children } = props;
  const still = useMediaQuery('(prefers-reduced-motion: reduce)');
  return (
    <Drawer
      anchor="right"
      open={isOpen}
      onClose={onClose}
      transitionDuration={still ? 0 : undefined}
      PaperProps={{
        role: 'dialog',
        'aria-modal': true,
        'aria-labelledby': titleId,
        className: `${surface.surface} ${classes.drawer}`,
        onKeyDown,
      }}
    >
      {children}
    </Drawer>
  );
}

/** What scrolls under the header. */
export function SideDrawerContent(props: { children: ReactNode }) {
  return <div className={classes.content}>{props.children}</div>;
}
