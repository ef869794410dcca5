export * from './Card';
export * from './Field';
export * from './Panel';
export * from './PanelSkeleton';
export * from './RefreshButton';
export * from './ScrollPage';
