export * from './ProtocolError';
export * from './remotecommand';
export * from './spdy';
export * from './websocket';
export * from './proxyProtocol';
