import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Fragment, useEffect, useRef } from 'react';
import { kubernetesAuditTranslationRef } from '../../translations';
import { Chip } from './Chip';
import classes from './ConditionChips.module.css';

/** Values beyond so many are counted rather than listed. */
const MAX_VALUES = 3;

/** A condition that narrows the list. */
export type Condition = {
  field: string;
  values: string[];
  /** How it is joined to the one before it. */
  joinedBy: 'and' | 'or';
  /** Absent when it cannot be taken away. */
  onRemove?: () => void;
};

/** The conditions in force, each of which can be taken away. */
export function ConditionChips(props: {
  conditions: Condition[];
  /** What they are conditions of; of the list, unless given. */
  label?: string;
}) {
  const { conditions } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const list = useRef<HTMLUListElement>(null);

  // Whoever took a condition away by keyboard goes on with the next one.
  const taken = useRef<{ place: number; button?: Element }>();
  useEffect(() => {
    // A render may come before the one that takes it away.
    if (taken.current && !taken.current.button?.isConnected) {
      const buttons = buttonsOf(list.current);
      const next = buttons[Math.min(taken.current.place, buttons.length - 1)];
      (next ?? list.current)?.focus();
      taken.current = undefined;
    }
  }, [conditions]);
  const remove = (index: number, onRemove: () => void) => () => {
    const place = conditions
      .slice(0, index)
      .filter(other => other.onRemove).length;
    taken.current = { place, button: buttonsOf(list.current)[place] };
    onRemove();
  };

  if (conditions.length === 0) {
    return null;
  }
  return (
    <ul
      ref={list}
      tabIndex={-1}
      className={classes.chips}
      aria-label={props.label ?? t('filter.conditions')}
    >
      {conditions.map(({ field, values, joinedBy, onRemove }, index) => {
        const listed = values.slice(0, MAX_VALUES).join(', ');
        const rest = values.length - MAX_VALUES;
        return (
          <Fragment key={field}>
            {index > 0 && (
              <li className={classes.join}>{t(`filter.${joinedBy}`)}</li>
            )}
            <li title={values.join(', ')}>
              <Chip
                field={field}
                text={
                  rest > 0
                    ? t('filter.more', { values: listed, rest: String(rest) })
                    : listed
                }
                remove={
                  onRemove && {
                    label: t('filter.remove', { condition: field }),
                    onPress: remove(index, onRemove),
                  }
                }
              />
            </li>
          </Fragment>
        );
      })}
    </ul>
  );
}

function buttonsOf(list: HTMLElement | null): HTMLButtonElement[] {
  return Array.from(list?.querySelectorAll('button') ?? []);
}
