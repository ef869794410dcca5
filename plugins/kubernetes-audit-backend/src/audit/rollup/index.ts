export * from './FacetChanges';
export * from './recountStatement';
export * from './RollUp';
export * from './RollUpCheck';
export * from './RollUpMemory';
