export * from './PolicyAge';
export * from './RequestBudget';
export * from './ClusterBinding';
