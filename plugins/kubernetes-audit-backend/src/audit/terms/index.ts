export * from './termKinds';
export * from './TermDictionary';
