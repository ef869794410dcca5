export * from './agent/TunnelAgent';
export * from './proxy/TunnelGate';
export * from './proxy/TunnelHub';
