export * from './UpstreamCluster';
export * from './UpstreamClusters';
