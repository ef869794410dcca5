import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { KeyboardEvent, useId, useRef, useState } from 'react';
import { kubernetesAuditTranslationRef } from '../../translations';
import { Chip } from './Chip';
import classes from './ValuesField.module.css';

/**
 * Any number of typed values. Enter, or leaving the field, makes a value of
 * what was typed; Backspace takes the last one away.
 */
export function ValuesField(props: {
  label: string;
  values: readonly string[];
  /** What to choose from beside typing. */
  suggestions: readonly string[];
  onChange: (values: string[]) => void;
}) {
  const { label, values, suggestions, onChange } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const inputId = useId();
  const listId = useId();

  const add = () => {
    const value = text.trim();
    if (value && !values.includes(value)) {
      onChange([...values, value]);
    }
    setText('');
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && text.trim()) {
      event.preventDefault();
      add();
    } else if (event.key === 'Backspace' && !text) {
      onChange(values.slice(0, -1));
    }
  };

  return (
    <div className={classes.field}>
      <label className={classes.label} htmlFor={inputId}>
        {label}
      </label>
      <div className={classes.box}>
        {values.map(value => (
          <Chip
            key={value}
            text={value}
            remove={{
              label: t('filter.removeValue', { value, field: label }),
              onPress: () => {
                onChange(values.filter(other => other !== value));
                // The button is gone, and the focus with it.
                input.current?.focus();
              },
            }}
          />
        ))}
        <input
          ref={input}
          id={inputId}
          list={listId}
          autoComplete="off"
          value={text}
          onChange={event => setText(event.target.value)}
          onBlur={add}
          onKeyDown={onKeyDown}
        />
        <datalist id={listId}>
          {suggestions.map(value => (
            <option key={value} value={value} />
          ))}
        </datalist>
      </div>
    </div>
  );
}
