export * from './execCredential';
export * from './Login';
export * from './LoginCache';
export * from './openBrowser';
export * from './PortalLogin';
export * from './portalApiUrl';
export * from './runLogin';
