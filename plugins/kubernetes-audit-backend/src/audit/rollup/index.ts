export * from './FacetChanges';
export * from './RollUp';
