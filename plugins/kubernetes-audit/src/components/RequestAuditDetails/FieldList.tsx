import { ReactNode } from 'react';
import classes from './FieldList.module.css';

/** A field and its value; without one it is shown as a dash. */
export type Field = { label: string; value: ReactNode };

/** Fields one below the other, each value in full. */
export function FieldList(props: { fields: Field[] }) {
  return (
    <dl className={classes.fields}>
      {props.fields.map(({ label, value }) => (
        <div key={label} className={classes.field}>
          <dt>{label}</dt>
          <dd>{value || <span className={classes.none}>–</span>}</dd>
        </div>
      ))}
    </dl>
  );
}
