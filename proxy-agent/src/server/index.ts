export * from './ProxyServer';
export * from './AdminServer';
export * from './ProxyWorkers';
export * from './workerChannel';
export * from './ClientAddress';
export * from './proxyMetrics';
export * from './tunnelAgentMetrics';
