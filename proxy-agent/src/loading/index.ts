export * from './exportsOf';
