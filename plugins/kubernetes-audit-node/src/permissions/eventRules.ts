import {
  evaluateFilterPredicate,
  FilterPredicate,
} from '@backstage/filter-predicates';
import {
  createConditionExports,
  createPermissionResourceRef,
  createPermissionRule,
} from '@backstage/plugin-permission-node';
import {
  PLUGIN_ID,
  REQUEST_AUDIT_EVENT_RESOURCE_TYPE,
  RequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import {
  clusterParams,
  groupParams,
  inCluster,
  inGroup,
  inNamespace,
  namespaceParams,
  ofUser,
  userParams,
} from './ruleFilters';

/** Events of the Request Audit, for conditional decisions. @public */
export const requestAuditEventResourceRef = createPermissionResourceRef<
  RequestAuditEvent,
  FilterPredicate
>().with({
  pluginId: PLUGIN_ID,
  resourceType: REQUEST_AUDIT_EVENT_RESOURCE_TYPE,
});

/** The rules of events: each is a filter, so that what it says of one event is what a list is narrowed to. @public */
export const requestAuditEventRules = {
  isOfUser: createPermissionRule({
    name: 'IS_OF_USER',
    description: 'Allow events of calls that one of the users made',
    resourceRef: requestAuditEventResourceRef,
    paramsSchema: userParams,
    apply: (event, params) => evaluateFilterPredicate(ofUser(params), event),
    toQuery: ofUser,
  }),
  isInCluster: createPermissionRule({
    name: 'IS_IN_CLUSTER',
    description: 'Allow events of one of the clusters',
    resourceRef: requestAuditEventResourceRef,
    paramsSchema: clusterParams,
    apply: (event, params) => evaluateFilterPredicate(inCluster(params), event),
    toQuery: inCluster,
  }),
  isInNamespace: createPermissionRule({
    name: 'IS_IN_NAMESPACE',
    description: 'Allow events of one of the namespaces',
    resourceRef: requestAuditEventResourceRef,
    paramsSchema: namespaceParams,
    apply: (event, params) =>
      evaluateFilterPredicate(inNamespace(params), event),
    toQuery: inNamespace,
  }),
  isInGroup: createPermissionRule({
    name: 'IS_IN_GROUP',
    description:
      'Allow events of calls for which the proxy impersonated one of the Kubernetes groups',
    resourceRef: requestAuditEventResourceRef,
    paramsSchema: groupParams,
    apply: (event, params) => evaluateFilterPredicate(inGroup(params), event),
    toQuery: inGroup,
  }),
};

const exported = createConditionExports({
  resourceRef: requestAuditEventResourceRef,
  rules: requestAuditEventRules,
});

/** What a policy may ask of events. @public */
export const requestAuditEventConditions = exported.conditions;

/** Makes a policy's decision out of conditions on events. @public */
export const createRequestAuditEventConditionalDecision =
  exported.createConditionalDecision;
