import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Fragment } from 'react';
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
  if (conditions.length === 0) {
    return null;
  }
  return (
    <ul
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
                    onPress: onRemove,
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
