import type { TranslationFunction } from '@backstage/core-plugin-api/alpha';
import type { EntityScope } from '../../entity';
import type { kubernetesAuditTranslationRef } from '../../translations';
import type { Condition } from '../AuditList';

/** What belongs to an entity, as chips that cannot be taken away. */
export function scopeConditions(
  { clusterName, namespace, names }: EntityScope,
  t: TranslationFunction<(typeof kubernetesAuditTranslationRef)['T']>,
): Condition[] {
  const condition = (field: string, values: string[]): Condition[] =>
    values.length > 0 ? [{ field, values, joinedBy: 'and' }] : [];
  return [
    ...condition(t('field.clusterName'), clusterName ? [clusterName] : []),
    ...condition(t('field.namespace'), namespace ? [namespace] : []),
    ...condition(
      t('field.resourceName'),
      names.flatMap(name => [name, `${name}-…`]),
    ),
  ];
}
