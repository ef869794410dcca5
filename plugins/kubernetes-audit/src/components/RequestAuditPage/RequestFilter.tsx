import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import type { RequestAuditListItem } from 'backstage-plugin-kubernetes-audit-common';
import {
  activeConditions,
  DEFAULT_RANGE,
  FilterField,
  knownValues,
  OFFERED_VALUES,
  OfferedField,
  RequestAuditQuery,
  UNFILTERED,
} from '../../query';
import { kubernetesAuditTranslationRef } from '../../translations';
import {
  FilterButton,
  isReversed,
  PillGroup,
  TimeRangeFields,
  ValuesField,
} from '../AuditList';
import { FIELD_LABELS, valueLabel } from './filterLabels';
import classes from './RequestFilter.module.css';

type Draft = Pick<
  RequestAuditQuery,
  'conditions' | 'match' | 'range' | 'isBounded'
>;

const CLEARED: Draft = {
  conditions: UNFILTERED.conditions,
  match: UNFILTERED.match,
  range: UNFILTERED.range,
  isBounded: undefined,
};

/** What a row has in the fields whose values are typed. */
const TYPED_VALUES: Record<
  Exclude<FilterField, OfferedField>,
  (row: RequestAuditListItem) => Array<string | undefined>
> = {
  role: row => [row.role],
  namespace: row => [row.namespace],
  user: row => [row.userName],
  clientIp: row => [row.clientIp],
  group: row => row.kubernetesGroups ?? [],
};
const TYPED_FIELDS = [
  'role',
  'namespace',
  'user',
  'clientIp',
  'group',
] as const;

/** The filter of *Request Audit*: fields and time, joined by AND or OR. */
export function RequestFilter(props: {
  query: RequestAuditQuery;
  /** Rows whose values are suggested. */
  rows: readonly RequestAuditListItem[];
  onChange: (patch: Draft) => void;
}) {
  const { query, rows, onChange } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const { conditions, match, range, isBounded } = query;
  return (
    <FilterButton<Draft>
      activeCount={
        activeConditions(conditions).length +
        Number(range.kind !== DEFAULT_RANGE)
      }
      value={{ conditions, match, range, isBounded }}
      cleared={CLEARED}
      isValid={draft => !isReversed(draft.range)}
      onApply={onChange}
    >
      {(draft, change) => {
        const setValues = (field: FilterField, values: string[]) =>
          change({
            conditions: {
              ...draft.conditions,
              [field]: knownValues(field, values),
            },
          });
        const pills = (field: OfferedField) => (
          <PillGroup<string>
            label={t(FIELD_LABELS[field])}
            type="checkbox"
            options={OFFERED_VALUES[field].map(value => ({
              value,
              label: valueLabel(field, value, t),
            }))}
            selected={draft.conditions[field] ?? []}
            onChange={(value, isSelected) => {
              const others = (draft.conditions[field] ?? []).filter(
                selected => selected !== value,
              );
              setValues(field, isSelected ? [...others, value] : others);
            }}
          />
        );
        return (
          <>
            <div>
              <PillGroup
                label={t('filter.combine')}
                type="radio"
                options={[
                  { value: 'all', label: t('filter.and') },
                  { value: 'any', label: t('filter.or') },
                ]}
                selected={[draft.match]}
                onChange={value => change({ match: value })}
              />
              {draft.match === 'any' && (
                <p className={classes.hint}>
                  {draft.isBounded && draft.range.kind === 'custom'
                    ? t('filter.orHintZoomed')
                    : t('filter.orHint')}
                </p>
              )}
            </div>
            {pills('verb')}
            {pills('resource')}
            <TimeRangeFields
              label={t('field.executedAt')}
              range={draft.range}
              onChange={value => change({ range: value, isBounded: undefined })}
            />
            {pills('result')}
            <div className={classes.typed}>
              {TYPED_FIELDS.map(field => (
                <ValuesField
                  key={field}
                  label={t(FIELD_LABELS[field])}
                  values={draft.conditions[field] ?? []}
                  suggestions={knownValues(
                    field,
                    rows.flatMap(TYPED_VALUES[field]).map(value => value ?? ''),
                  )}
                  onChange={values => setValues(field, values)}
                />
              ))}
            </div>
          </>
        );
      }}
    </FilterButton>
  );
}
