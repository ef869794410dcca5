export * from './DeadLetters';
