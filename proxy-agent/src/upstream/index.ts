export * from './Upstream';
export * from './Tunnels';
export * from './UpstreamCluster';
export * from './UpstreamClusters';
