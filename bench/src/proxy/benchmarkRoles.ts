import {
  Role,
  roleSchema,
  RoleRule,
} from 'backstage-plugin-kubernetes-audit-common';
import type { z } from 'zod';

const ROLE_COUNT = 30;
/** The team whose namespace the calls are for. */
const TEAM = 15;

type RuleInput = z.input<typeof roleSchema>['rules'][number];

const teamName = (team: number) => `team-${`${team}`.padStart(2, '0')}`;

const READ: RoleRule['verbs'] = ['get', 'list', 'watch'];
const WRITE: RoleRule['verbs'] = ['create', 'update', 'patch', 'delete'];

/** What a team may do in its namespaces; the rules that the calls need are the sixth and the seventh. */
function rulesOf(team: string): RuleInput[] {
  const namespaces = [team, `${team}-*`];
  return [
    {
      effect: 'deny',
      resources: ['secrets'],
      namespaces: [`${team}-vault*`],
      verbs: ['*'],
    },
    {
      effect: 'deny',
      resources: ['pods/exec', 'pods/attach'],
      namespaces: [`/${team}-(live|prod)-.*/`],
      verbs: ['create'],
    },
    {
      effect: 'allow',
      apiGroups: ['apps'],
      resources: [
        'deployments',
        'deployments/*',
        'statefulsets',
        'replicasets',
      ],
      namespaces,
      verbs: [...READ, ...WRITE],
    },
    {
      effect: 'allow',
      apiGroups: ['batch'],
      resources: ['jobs', 'cronjobs'],
      namespaces,
      verbs: [...READ, ...WRITE],
    },
    {
      effect: 'allow',
      apiGroups: ['networking.k8s.io'],
      resources: ['ingresses', 'networkpolicies'],
      namespaces,
      verbs: READ,
    },
    {
      effect: 'allow',
      resources: ['pods', 'pods/log', 'services', 'endpoints', 'events'],
      namespaces,
      verbs: READ,
    },
    {
      effect: 'allow',
      resources: ['configmaps'],
      namespaces,
      verbs: [...READ, ...WRITE],
    },
    {
      effect: 'allow',
      resources: ['pods/exec', 'pods/portforward'],
      namespaces,
      names: ['/web-.*/', 'debug-*'],
      verbs: ['create'],
    },
    {
      effect: 'allow',
      resources: ['namespaces', 'nodes'],
      verbs: READ,
    },
    { effect: 'allow', nonResourceUrls: ['/metrics'], verbs: ['get'] },
  ];
}

/** As many roles as a company of some size has, one for each team. */
export function benchmarkRoles(): Role[] {
  return Array.from({ length: ROLE_COUNT }, (_, index) => {
    const team = teamName(index);
    return roleSchema.parse({
      name: `${team}-developer`,
      subjects: [`group:default/${team}`],
      clusters: ['benchmark', 'prod-*'],
      kubernetesGroups: [team, 'developers'],
      rules: rulesOf(team),
    });
  });
}

/** The user is in every third team; the one that matters is in the middle of these. */
export const USER_GROUPS = Array.from({ length: ROLE_COUNT }, (_, team) => team)
  .filter(team => team % 3 === TEAM % 3)
  .map(team => `group:default/${teamName(team)}`);
