export * from './ProxyConfig';
export * from './TunnelConfig';
export * from './ConfigError';
export * from './loadConfig';
export * from './kubeconfig';
export * from './TrackedFiles';
export * from './ConfigReloader';
export * from './restartOnlyChanges';
