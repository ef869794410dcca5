import { useId } from 'react';
import classes from './PillGroup.module.css';

/** Something that can be chosen. */
export type PillOption<TValue extends string> = {
  value: TValue;
  label: string;
};

/** Choices side by side: one of them, or any number. */
export function PillGroup<TValue extends string>(props: {
  label: string;
  type: 'radio' | 'checkbox';
  options: readonly PillOption<TValue>[];
  selected: readonly TValue[];
  onChange: (value: TValue, isSelected: boolean) => void;
}) {
  const { label, type, options, selected, onChange } = props;
  const name = useId();
  return (
    <fieldset className={classes.group}>
      <legend className={classes.legend}>{label}</legend>
      <div className={classes.pills}>
        {options.map(option => (
          <label key={option.value} className={classes.pill}>
            <input
              type={type}
              name={name}
              checked={selected.includes(option.value)}
              onChange={event => onChange(option.value, event.target.checked)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
