import { Box } from '@backstage/ui';
import { ReactElement, ReactNode } from 'react';
import classes from './ListMessage.module.css';

/** What stands in the place of a list that has nothing to show. */
export function ListMessage(props: {
  icon: ReactElement;
  title: string;
  /** Read out at once. */
  isAlert?: boolean;
  actions?: ReactNode;
  children?: ReactNode;
}) {
  const { icon, title, isAlert, actions, children } = props;
  return (
    <Box
      bg="neutral"
      className={classes.message}
      role={isAlert ? 'alert' : undefined}
    >
      <span className={classes.icon} aria-hidden>
        {icon}
      </span>
      <h2 className={classes.title}>{title}</h2>
      <div className={classes.text}>{children}</div>
      {actions && <div className={classes.actions}>{actions}</div>}
    </Box>
  );
}
