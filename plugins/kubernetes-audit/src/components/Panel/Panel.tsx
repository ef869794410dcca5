import { ReactNode, useId } from 'react';
import classes from './Panel.module.css';

/** A part of a page with a heading of its own. */
export function Panel(props: {
  title: string;
  /** Beside the heading. */
  actions?: ReactNode;
  children: ReactNode;
}) {
  const { title, actions, children } = props;
  const titleId = useId();
  return (
    <section className={classes.panel} aria-labelledby={titleId}>
      <div className={classes.head}>
        <h2 id={titleId} className={classes.title}>
          {title}
        </h2>
        {actions}
      </div>
      {children}
    </section>
  );
}
