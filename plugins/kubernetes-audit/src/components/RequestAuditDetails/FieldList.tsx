import { ReactNode } from 'react';
import { visibleText } from '../../format';
import classes from './FieldList.module.css';

/** A field and its value; without one it is shown as a dash. */
export type Field = { label: string; value: ReactNode };

/** Text from so many characters on may be higher than its field, which scrolls then. */
const SCROLLED = 200;

/** Fields one below the other, each value in full. */
export function FieldList(props: { fields: Field[] }) {
  return (
    <dl className={classes.fields}>
      {props.fields.map(withVisibleText).map(({ label, value }) => (
        <div key={label} className={classes.field}>
          <dt>{label}</dt>
          <dd
            // Scrollable by keyboard.
            // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
            tabIndex={
              typeof value === 'string' && value.length > SCROLLED
                ? 0
                : undefined
            }
          >
            {value || <span className={classes.none}>–</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function withVisibleText({ label, value }: Field): Field {
  return {
    label,
    value: typeof value === 'string' ? visibleText(value) : value,
  };
}
