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
  Recording,
  RECORDING_RESOURCE_TYPE,
} from 'backstage-plugin-kubernetes-audit-common';
import {
  clusterParams,
  inCluster,
  inNamespace,
  namespaceParams,
  ofUser,
  userParams,
} from './ruleFilters';

/** Recordings, for conditional decisions. @public */
export const recordingResourceRef = createPermissionResourceRef<
  Recording,
  FilterPredicate
>().with({ pluginId: PLUGIN_ID, resourceType: RECORDING_RESOURCE_TYPE });

/** The rules of recordings: those of events, but for groups, which a recording does not name. @public */
export const recordingRules = {
  isOfUser: createPermissionRule({
    name: 'IS_OF_USER',
    description: 'Allow recordings of sessions of one of the users',
    resourceRef: recordingResourceRef,
    paramsSchema: userParams,
    apply: (recording, params) =>
      evaluateFilterPredicate(ofUser(params), recording),
    toQuery: ofUser,
  }),
  isInCluster: createPermissionRule({
    name: 'IS_IN_CLUSTER',
    description: 'Allow recordings of sessions in one of the clusters',
    resourceRef: recordingResourceRef,
    paramsSchema: clusterParams,
    apply: (recording, params) =>
      evaluateFilterPredicate(inCluster(params), recording),
    toQuery: inCluster,
  }),
  isInNamespace: createPermissionRule({
    name: 'IS_IN_NAMESPACE',
    description: 'Allow recordings of sessions in one of the namespaces',
    resourceRef: recordingResourceRef,
    paramsSchema: namespaceParams,
    apply: (recording, params) =>
      evaluateFilterPredicate(inNamespace(params), recording),
    toQuery: inNamespace,
  }),
};

const exported = createConditionExports({
  resourceRef: recordingResourceRef,
  rules: recordingRules,
});

/** What a policy may ask of recordings. @public */
export const recordingConditions = exported.conditions;

/** Makes a policy's decision out of conditions on recordings. @public */
export const createRecordingConditionalDecision =
  exported.createConditionalDecision;
