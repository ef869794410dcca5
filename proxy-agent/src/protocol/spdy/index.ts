export * from './encodeSpdyFrame';
export type { SpdyHeaders } from './parseHeaderBlock';
export * from './SpdyDecoder';
export * from './SpdyFrameType';
