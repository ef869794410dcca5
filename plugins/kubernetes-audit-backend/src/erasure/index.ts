export * from './PersonErasure';
