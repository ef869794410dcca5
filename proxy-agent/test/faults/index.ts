export * from './FaultSuite';
