export * from './ReplayTerminal';
