export * from './connectDatabase';
export * from './foldText';
export * from './applySearch';
export * from './parseInstant';
export * from './keysetPage';
export * from './filter';
export * from './isSqlite';
export * from './likePattern';
