export * from './AgentsPage';
