export * from './ProxyServer';
export * from './AdminServer';
export * from './ClientAddress';
export * from './proxyMetrics';
