export * from './AccessPage';
