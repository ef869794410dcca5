export * from './parseProxyHeader';
