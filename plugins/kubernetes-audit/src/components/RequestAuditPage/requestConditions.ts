import type { TranslationFunction } from '@backstage/core-plugin-api/alpha';
import {
  DEFAULT_RANGE,
  rangeIsAlternative,
  RequestAuditQuery,
} from '../../query';
import type { kubernetesAuditTranslationRef } from '../../translations';
import { Condition, describeRange } from '../AuditList';

type Translate = TranslationFunction<
  (typeof kubernetesAuditTranslationRef)['T']
>;

/** The conditions of a query as chips: the time first, then what AND or OR joins. */
export function requestConditions(
  query: RequestAuditQuery,
  update: (patch: Partial<RequestAuditQuery>) => void,
  t: Translate,
): Condition[] {
  const { verbs, resources, match, range } = query;
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
  const others: Condition[] = [];
  if (verbs.length > 0) {
    others.push({
      field: t('field.verb'),
      values: verbs,
      joinedBy: 'and',
      onRemove: () => update({ verbs: [] }),
    });
  }
  if (resources.length > 0) {
    others.push({
      field: t('field.resource'),
      values: resources,
      joinedBy: others.length > 0 ? joinedBy : 'and',
      onRemove: () => update({ resources: [] }),
    });
  }
  return rangeIsAlternative(query) ? [...others, time] : [time, ...others];
}
