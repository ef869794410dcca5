import type {
  RecordingFilter,
  RequestAuditFilter,
  TextCondition,
} from '../api';
import type { EntityScope } from '../entity';

/** The calls on objects of a scope. */
export function toRequestFilter(scope: EntityScope): RequestAuditFilter {
  return {
    $all: [
      ...placeOf(scope),
      ...namesOf<RequestAuditFilter>(scope, resourceName => ({ resourceName })),
    ],
  };
}

/** The recorded sessions in pods of a scope. */
export function toRecordingFilter(scope: EntityScope): RecordingFilter {
  return {
    $all: [
      ...placeOf(scope),
      ...namesOf<RecordingFilter>(scope, podName => ({ podName })),
    ],
  };
}

/** What meets both: a list's own conditions, and what it is narrowed to anyway. */
export function narrowed<TFilter>(
  narrowing: TFilter | undefined,
  filter: TFilter | undefined,
): TFilter | { $all: TFilter[] } | undefined {
  return narrowing && filter
    ? { $all: [narrowing, filter] }
    : narrowing ?? filter;
}

function placeOf({ clusterName, namespace }: EntityScope) {
  return [
    ...(clusterName ? [{ clusterName }] : []),
    ...(namespace ? [{ namespace }] : []),
  ];
}

function namesOf<TFilter>(
  { names }: EntityScope,
  test: (condition: TextCondition) => TFilter,
): Array<{ $any: TFilter[] }> {
  return names.length === 0
    ? []
    : [
        {
          $any: [
            test({ $in: names }),
            ...names.map(name => test({ $hasPrefix: `${name}-` })),
          ],
        },
      ];
}
