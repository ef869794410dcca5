export * from './UpgradeConnection';
export * from './UpstreamCluster';
export * from './UpstreamClusters';
