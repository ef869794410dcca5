import { z } from 'zod';
import type { AgentStatus } from './agent';
import type { Role } from './policy';

/** A user or a group that a role is for, as the catalog knows it. @public */
export type RoleSubject = {
  entityRef: string;
  displayName?: string;
  /** Whether there is such an entity; undefined when the catalog could not be asked. */
  isKnown?: boolean;
  /** Entity refs of a group's direct members, some of them; absent for users. */
  members?: string[];
  memberCount?: number;
};

/** A role and who is in it. @public */
export type RoleDetail = {
  role: Role;
  /** The clusters that it covers of those that proxies serve. */
  clusters: string[];
  subjects: RoleSubject[];
};

/** `GET /v1/access/roles` @public */
export type RolesResponse = {
  /** In the order in which they count. */
  roles: RoleDetail[];
  /** Of the portal's bundle: milliseconds since 1970 of the content's last change. */
  bundleVersion: number;
  /** What the proxies decide by. */
  proxies: Pick<AgentStatus, 'id' | 'lastSeenAt' | 'bundleVersion'>[];
  /** Names of the clusters that proxies serve. */
  clusters: string[];
};

const name = z.string().max(253);

/** The body of `POST /v1/access/decisions`: what a user may or may not do. @public */
export const decisionRequestSchema = z
  .strictObject({
    userEntityRef: z.string().min(1).max(255),
    cluster: name.min(1),
    verb: z.string().min(1).max(64),
    /** Plural, with its subresource: `pods/exec`. */
    resource: name.default(''),
    apiGroup: name.default(''),
    namespace: name.default(''),
    name: name.default(''),
    /** In place of a resource: `/metrics`. */
    path: z.string().max(2048).default(''),
    /** Where the user calls from; roles that ask for an address count only with it. */
    clientIp: z.union([z.ipv4(), z.ipv6(), z.literal('')]).default(''),
  })
  .refine(({ resource, path }) => (resource === '') !== (path === ''), {
    message: 'either a resource or a path',
    path: ['resource'],
  });

/** The body of `POST /v1/access/decisions`. @public */
export type DecisionRequest = z.input<typeof decisionRequestSchema>;

/** `POST /v1/access/decisions` @public */
export type DecisionResponse = {
  allowed: boolean;
  /** As the proxy words it. */
  reason: string;
  /** Of the role that decided; absent when none did. */
  role?: string;
  /** Of the rule in the role that decided, from 1. */
  rule?: number;
  /** What the call is sent as, beside the user's name. */
  kubernetesGroups?: string[];
  /** The user and its groups, as the catalog has them at present. */
  subjects: string[];
  /** The roles of the user that count in the cluster, in order. */
  roles: string[];
  /** Whether a proxy serves the cluster. */
  isServed: boolean;
};
