export * from './http';
export * from './Upstream';
export * from './Tunnels';
export * from './UpstreamConnection';
export * from './UpstreamCluster';
export * from './UpstreamClusters';
