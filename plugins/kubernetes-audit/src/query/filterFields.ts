import {
  KUBERNETES_VERBS,
  NAMED_RESOURCES,
  OTHER_RESOURCES,
} from 'backstage-plugin-kubernetes-audit-common';
import type { RequestAuditFilter } from '../api';

/** What *Request Audit* is narrowed by beside the time, in the order offered. */
export const FILTER_FIELDS = [
  'verb',
  'resource',
  'result',
  'role',
  'namespace',
  'user',
  'clientIp',
  'group',
] as const;

/** A field that the list is narrowed by; also its parameter in the URL. */
export type FilterField = (typeof FILTER_FIELDS)[number];

/** The values that a field may have, of those that are narrowed by. */
export type Conditions = Readonly<Partial<Record<FilterField, string[]>>>;

/** Fields whose values are known; those of the others are typed. */
export const OFFERED_VALUES = {
  verb: KUBERNETES_VERBS,
  resource: [...Object.keys(NAMED_RESOURCES), OTHER_RESOURCES],
  result: ['success', 'failure'],
} as const satisfies Partial<Record<FilterField, readonly string[]>>;

/** A field whose values are known. */
export type OfferedField = keyof typeof OFFERED_VALUES;

/** Whether all values of a field are known. */
export function isOffered(field: FilterField): field is OfferedField {
  return field in OFFERED_VALUES;
}

/** Reads one parameter for each value; what a field does not offer is ignored. */
export function parseConditions(params: URLSearchParams): Conditions {
  const conditions: Partial<Record<FilterField, string[]>> = {};
  for (const field of FILTER_FIELDS) {
    const values = knownValues(field, params.getAll(field));
    if (values.length > 0) {
      conditions[field] = values;
    }
  }
  return conditions;
}

/** The values without repetition, those that are offered in that order. */
export function knownValues(
  field: FilterField,
  values: readonly string[],
): string[] {
  if (isOffered(field)) {
    const offered: readonly string[] = OFFERED_VALUES[field];
    return offered.filter(value => values.includes(value));
  }
  return [...new Set(values.map(value => value.trim()).filter(Boolean))];
}

/** The fields that the list is narrowed by, with their values. */
export function activeConditions(
  conditions: Conditions,
): Array<{ field: FilterField; values: string[] }> {
  return FILTER_FIELDS.flatMap(field => {
    const values = conditions[field] ?? [];
    return values.length > 0 ? [{ field, values }] : [];
  });
}

/** What the portal is asked for: a field that has one of the values. */
export function toFilter(
  field: FilterField,
  values: string[],
): RequestAuditFilter {
  switch (field) {
    case 'resource':
      return resourceFilter(values);
    case 'user':
      return { userName: oneOf(values) };
    case 'group':
      return anyOf(
        values.map(value => ({ kubernetesGroups: { $contains: value } })),
      );
    default:
      return { [field]: oneOf(values) };
  }
}

function resourceFilter(values: string[]): RequestAuditFilter {
  const named = values.filter(value => value !== OTHER_RESOURCES);
  if (named.length === values.length || named.length === 0) {
    return { resource: oneOf(values) };
  }
  return anyOf([{ resource: oneOf(named) }, { resource: OTHER_RESOURCES }]);
}

function oneOf(values: string[]): string | { $in: string[] } {
  return values.length === 1 ? values[0] : { $in: values };
}

function anyOf(filters: RequestAuditFilter[]): RequestAuditFilter {
  return filters.length === 1 ? filters[0] : { $any: filters };
}
