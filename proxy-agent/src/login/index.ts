export * from './runLogin';
