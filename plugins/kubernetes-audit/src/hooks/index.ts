export * from './useLoad';
export * from './useUrlItem';
export * from './useUrlQuery';
