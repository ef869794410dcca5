export * from './LoadConnection';
export * from './runLoad';
