export * from './termKinds';
export * from './TermDictionary';
export * from './UserIdentities';
