export * from './Filter';
export * from './FilterField';
export * from './parseFilter';
export * from './applyFilter';
