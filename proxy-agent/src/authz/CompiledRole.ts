import { BlockList, isIPv6 } from 'node:net';
import type { Role, RoleRule } from 'backstage-plugin-kubernetes-audit-common';
import type { AuthorizationRequest } from './Authorizer';
import { compileNamePatterns, NamePattern } from './NamePattern';

/** A rule ready to be asked. */
export type CompiledRule = {
  rule: RoleRule;
  /** From 1, as a reader of the file counts. */
  position: number;
  matches(request: AuthorizationRequest): boolean;
};

/** A role ready to be asked. */
export type CompiledRole = {
  role: Role;
  rules: CompiledRule[];
  isFor(subjects: ReadonlySet<string>, request: AuthorizationRequest): boolean;
  mayImpersonateUser: NamePattern;
  mayImpersonateGroup: NamePattern;
};

/**
 * A resource is compared with its subresource: `pods/log`. A wildcard never
 * reaches a `proxy` subresource, nor an upgrade that we do not know: both can
 * carry an exec past the recorder.
 */
function compileResources(patterns: string[]) {
  const literal = new Set(patterns);
  const byPattern = compileNamePatterns(patterns);
  return (request: AuthorizationRequest): boolean => {
    const label = request.subresource
      ? `${request.resource}/${request.subresource}`
      : request.resource;
    if (
      request.subresource === 'proxy' ||
      request.verb === 'proxy' ||
      request.unknownUpgrade
    ) {
      return literal.has(label);
    }
    return byPattern(label);
  };
}

function compileRule(rule: RoleRule, index: number): CompiledRule {
  const verbs = compileNamePatterns(rule.verbs);
  const apiGroups = compileNamePatterns(rule.apiGroups);
  const resources = compileResources(rule.resources);
  const nonResourceUrls = compileNamePatterns(rule.nonResourceUrls);
  const namespaces = compileNamePatterns(rule.namespaces);
  const names = compileNamePatterns(rule.names);
  return {
    rule,
    position: index + 1,
    matches(request) {
      if (!verbs(request.verb)) {
        return false;
      }
      if (!request.isResourceRequest) {
        return nonResourceUrls(request.path);
      }
      return (
        apiGroups(request.apiGroup) &&
        resources(request) &&
        namespaces(request.namespace) &&
        names(request.name)
      );
    },
  };
}

function compileClientIps(ranges: string[] | undefined) {
  if (!ranges) {
    return () => true;
  }
  const list = new BlockList();
  for (const range of ranges) {
    const [address, prefix] = range.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) {
      list.addAddress(address, family);
    } else {
      list.addSubnet(address, Number(prefix), family);
    }
  }
  return (address: string) =>
    list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

function compileClusters(clusters: Role['clusters']) {
  if (Array.isArray(clusters)) {
    const names = compileNamePatterns(clusters);
    return ({ cluster }: AuthorizationRequest) => names(cluster.name);
  }
  const tags = Object.entries(clusters.tags).map(
    ([key, pattern]) => [key, compileNamePatterns([pattern])] as const,
  );
  return ({ cluster }: AuthorizationRequest) =>
    tags.length > 0 &&
    tags.every(
      ([key, matches]) =>
        cluster.tags[key] !== undefined && matches(cluster.tags[key]),
    );
}

/** @throws Error naming the role when an expression or an address in it is malformed */
export function compileRole(role: Role): CompiledRole {
  try {
    const clusters = compileClusters(role.clusters);
    const clientIps = compileClientIps(role.conditions.clientIps);
    return {
      role,
      rules: role.rules.map(compileRule),
      isFor: (subjects, request) =>
        role.subjects.some(subject => subjects.has(subject.toLowerCase())) &&
        clusters(request) &&
        clientIps(request.clientIp),
      mayImpersonateUser: compileNamePatterns(role.impersonation.users),
      mayImpersonateGroup: compileNamePatterns(role.impersonation.groups),
    };
  } catch (error) {
    throw new Error(`role ${role.name}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
