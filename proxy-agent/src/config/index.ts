export * from './ProxyConfig';
export * from './ConfigError';
export * from './loadConfig';
export * from './kubeconfig';
