export * from './formatBytes';
export * from './formatTime';
export * from './visibleText';
