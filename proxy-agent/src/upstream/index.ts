export * from './Upstream';
export * from './Tunnels';
export * from './UpgradeConnection';
export * from './UpstreamCluster';
export * from './UpstreamClusters';
