import type { FilterPredicate } from '@backstage/filter-predicates';
import type {
  PermissionCondition,
  PermissionCriteria,
} from '@backstage/plugin-permission-common';
import {
  createConditionTransformer,
  isAndCriteria,
  isNotCriteria,
  isOrCriteria,
  PermissionRuleset,
} from '@backstage/plugin-permission-node';
import {
  RECORDING_RESOURCE_TYPE,
  REQUEST_AUDIT_EVENT_RESOURCE_TYPE,
} from 'backstage-plugin-kubernetes-audit-common';
import {
  recordingRules,
  requestAuditEventRules,
} from 'backstage-plugin-kubernetes-audit-node';

type Ruleset = PermissionRuleset<never, FilterPredicate>;

/** The rules by type of resource. */
const RULESETS: ReadonlyMap<string, Ruleset> = new Map([
  [
    REQUEST_AUDIT_EVENT_RESOURCE_TYPE,
    rulesetOf(Object.values(requestAuditEventRules)),
  ],
  [RECORDING_RESOURCE_TYPE, rulesetOf(Object.values(recordingRules))],
]);

/**
 * The conditions of a policy as a filter over the fields of a resource.
 *
 * @throws Error for a rule that there is not, or parameters that it does not take
 */
export function toFilter(
  resourceType: string,
  conditions: PermissionCriteria<PermissionCondition>,
): FilterPredicate {
  const ruleset = RULESETS.get(resourceType);
  if (!ruleset) {
    throw new Error(`There are no rules of ${resourceType}`);
  }
  return joinCriteria(createConditionTransformer(ruleset)(conditions));
}

function joinCriteria(
  criteria: PermissionCriteria<FilterPredicate>,
): FilterPredicate {
  if (isAndCriteria(criteria)) {
    return { $all: criteria.allOf.map(joinCriteria) };
  }
  if (isOrCriteria(criteria)) {
    return { $any: criteria.anyOf.map(joinCriteria) };
  }
  return isNotCriteria(criteria)
    ? { $not: joinCriteria(criteria.not) }
    : criteria;
}

function rulesetOf(rules: ReturnType<Ruleset['getRuleByName']>[]): Ruleset {
  return {
    getRuleByName: name => {
      const rule = rules.find(other => other.name === name);
      if (!rule) {
        throw new Error(`There is no permission rule ${name}`);
      }
      return rule;
    },
  };
}
