import { ReactNode } from 'react';
import classes from './Card.module.css';

/** One of several things that a panel shows beside each other. */
export function Card(props: { title: string; children: ReactNode }) {
  return (
    <article className={classes.card}>
      <h3 className={classes.title}>{props.title}</h3>
      {props.children}
    </article>
  );
}

/** As many beside each other as there is room for. */
export function Cards(props: { children: ReactNode }) {
  return <div className={classes.cards}>{props.children}</div>;
}
