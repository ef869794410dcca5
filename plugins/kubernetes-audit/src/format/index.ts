export * from './formatBytes';
export * from './formatTime';
