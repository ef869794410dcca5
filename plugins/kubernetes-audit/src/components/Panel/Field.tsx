import { ReactNode } from 'react';
import classes from './Field.module.css';

/** A field of a form under its label. */
export function Field(props: { label: string; children: ReactNode }) {
  return (
    <label className={classes.field}>
      <span>{props.label}</span>
      {props.children}
    </label>
  );
}
