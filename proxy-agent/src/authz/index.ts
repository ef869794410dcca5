export * from './Authorizer';
export * from './Impersonation';
export type { CompiledRole } from './CompiledRole';
export * from './PolicyAge';
export * from './RequestBudget';
export * from './ClusterBinding';
