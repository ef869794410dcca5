export * from './AccessErasure';
export * from './DeadLetterErasure';
export * from './PersonErasure';
