export * from './agent/TunnelAgent';
export * from './proxy/TunnelGate';
export * from './proxy/TunnelHub';
export * from './workers/WorkerTunnels';
