import { useId } from 'react';
import surface from '../Surface/Surface.module.css';
import classes from './PillGroup.module.css';

/** Something that can be chosen. */
export type PillOption<TValue extends string> = {
  value: TValue;
  label: string;
};

/** Choices side by side: one of them, or any number. */
export function PillGroup<TValue extends string>(props: {
  label: string;
  /** For assistive technology alone, where the choices speak for themselves. */
  isLabelHidden?: boolean;
  type: 'radio' | 'checkbox';
  options: readonly PillOption<TValue>[];
  selected: readonly TValue[];
  onChange: (value: TValue, isSelected: boolean) => void;
}) {
  const { label, isLabelHidden, type, options, selected, onChange } = props;
  const name = useId();
  return (
    <fieldset className={classes.group}>
      <legend
        className={isLabelHidden ? surface.visuallyHidden : classes.legend}
      >
        {label}
      </legend>
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
