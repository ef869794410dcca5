import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { KUBERNETES_VERBS } from 'backstage-plugin-kubernetes-audit-common';
import {
  DEFAULT_RANGE,
  FILTER_RESOURCES,
  RequestAuditQuery,
} from '../../query';
import { kubernetesAuditTranslationRef } from '../../translations';
import {
  FilterButton,
  isReversed,
  PillGroup,
  TimeRangeFields,
} from '../AuditList';
import classes from './RequestFilter.module.css';

type Draft = Pick<RequestAuditQuery, 'verbs' | 'resources' | 'match' | 'range'>;

const CLEARED: Draft = {
  verbs: [],
  resources: [],
  match: 'all',
  range: { kind: DEFAULT_RANGE },
};

/** The filter of *Request Audit*: verb, resource and time, joined by AND or OR. */
export function RequestFilter(props: {
  query: RequestAuditQuery;
  onChange: (patch: Draft) => void;
}) {
  const { query, onChange } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const { verbs, resources, match, range } = query;
  return (
    <FilterButton<Draft>
      activeCount={
        Number(verbs.length > 0) +
        Number(resources.length > 0) +
        Number(range.kind !== DEFAULT_RANGE)
      }
      value={{ verbs, resources, match, range }}
      cleared={CLEARED}
      isValid={draft => !isReversed(draft.range)}
      onApply={onChange}
    >
      {(draft, change) => (
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
              <p className={classes.hint}>{t('filter.orHint')}</p>
            )}
          </div>
          <PillGroup
            label={t('field.verb')}
            type="checkbox"
            options={KUBERNETES_VERBS.map(verb => ({
              value: verb,
              label: verb,
            }))}
            selected={KUBERNETES_VERBS.filter(verb =>
              draft.verbs.includes(verb),
            )}
            onChange={(verb, isSelected) =>
              change({
                verbs: toggled(KUBERNETES_VERBS, draft.verbs, verb, isSelected),
              })
            }
          />
          <PillGroup
            label={t('field.resource')}
            type="checkbox"
            options={FILTER_RESOURCES.map(resource => ({
              value: resource,
              label: resource,
            }))}
            selected={draft.resources}
            onChange={(resource, isSelected) =>
              change({
                resources: toggled(
                  FILTER_RESOURCES,
                  draft.resources,
                  resource,
                  isSelected,
                ),
              })
            }
          />
          <TimeRangeFields
            label={t('field.executedAt')}
            range={draft.range}
            onChange={value => change({ range: value })}
          />
        </>
      )}
    </FilterButton>
  );
}

/** The selection with one value in or out, in the order that is offered. */
function toggled(
  offered: readonly string[],
  selected: readonly string[],
  value: string,
  isSelected: boolean,
): string[] {
  return offered.filter(option =>
    option === value ? isSelected : selected.includes(option),
  );
}
