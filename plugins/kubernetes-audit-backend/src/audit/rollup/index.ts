export * from './FacetChanges';
export * from './RollUp';
export * from './RollUpMemory';
