import { Box } from '@backstage/ui';
import { ReactNode } from 'react';
import classes from './Panel.module.css';

/** A part of a page with a heading of its own. */
export function Panel(props: {
  title: string;
  /** Beside the heading. */
  actions?: ReactNode;
  children: ReactNode;
}) {
  const { title, actions, children } = props;
  return (
    <Box as="section" bg="neutral" className={classes.panel}>
      <div className={classes.head}>
        <h2 className={classes.title}>{title}</h2>
        {actions}
      </div>
      {children}
    </Box>
  );
}
