import type { TranslationFunction } from '@backstage/core-plugin-api/alpha';
import type { FilterField } from '../../query';
import type { kubernetesAuditTranslationRef } from '../../translations';

type Translate = TranslationFunction<
  (typeof kubernetesAuditTranslationRef)['T']
>;

/** What each field is called, as its column is. */
export const FIELD_LABELS = {
  verb: 'field.verb',
  resource: 'field.resource',
  result: 'field.result',
  role: 'field.role',
  namespace: 'field.namespace',
  user: 'field.name',
  clientIp: 'field.clientIp',
  group: 'field.kubernetesGroups',
} as const satisfies Record<FilterField, string>;

/** A value as it is read: Kubernetes' own words stay as they are. */
export function valueLabel(
  field: FilterField,
  value: string,
  t: Translate,
): string {
  return field === 'result' && (value === 'success' || value === 'failure')
    ? t(`value.${value}`)
    : value;
}
