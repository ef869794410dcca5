export * from './encodeWebSocketFrame';
export * from './WebSocketDecoder';
export * from './WebSocketOpcode';
