import type { TranslationFunction } from '@backstage/core-plugin-api/alpha';
import {
  activeConditions,
  DEFAULT_RANGE,
  rangeIsAlternative,
  RequestAuditQuery,
} from '../../query';
import type { kubernetesAuditTranslationRef } from '../../translations';
import { Condition, describeRange } from '../AuditList';
import { FIELD_LABELS, valueLabel } from './filterLabels';

type Translate = TranslationFunction<
  (typeof kubernetesAuditTranslationRef)['T']
>;

/** The conditions of a query as chips: the time first, then what AND or OR joins. */
export function requestConditions(
  query: RequestAuditQuery,
  update: (patch: Partial<RequestAuditQuery>) => void,
  t: Translate,
): Condition[] {
  const { conditions, match, range } = query;
  const joinedBy = match === 'any' ? 'or' : 'and';
  const time: Condition = {
    field: t('field.executedAt'),
    values: [describeRange(range, t)],
    joinedBy,
    onRemove:
      range.kind === DEFAULT_RANGE
        ? undefined
        : () => update({ range: { kind: DEFAULT_RANGE } }),
  };
  const others = activeConditions(conditions).map(
    ({ field, values }, index): Condition => ({
      field: t(FIELD_LABELS[field]),
      values: values.map(value => valueLabel(field, value, t)),
      joinedBy: index > 0 ? joinedBy : 'and',
      onRemove: () => update({ conditions: { ...conditions, [field]: [] } }),
    }),
  );
  return rangeIsAlternative(query) ? [...others, time] : [time, ...others];
}
