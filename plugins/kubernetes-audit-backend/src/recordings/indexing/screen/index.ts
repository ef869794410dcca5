export * from './ReplayTerminal';
export * from './WorkBudget';
