export * from './useCountText';
export * from './useKeptValue';
export * from './useLoad';
export * from './useUrlItem';
export * from './useUrlQuery';
