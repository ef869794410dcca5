export * from './gatherWrites';
export * from './handshake';
export * from './http2Settings';
export * from './KeepAlive';
export * from './parseJson';
export * from './readLine';
export * from './writeWhole';
