import { remoteCommandSubprotocol } from './RemoteCommandSubprotocol';
import { RemoteCommandTap } from './RemoteCommandTap';
import { SpdyTap } from './SpdyTap';
import { WebSocketTap } from './WebSocketTap';

/**
 * A tap for one exec or attach connection, to be given the bytes that follow
 * the HTTP heads of its upgrade.
 *
 * @param options - `subprotocol`: as the server's 101 names it, in
 *   `Sec-WebSocket-Protocol` or `X-Stream-Protocol-Version`
 * @throws ProtocolError if that is no remote command protocol
 */
export function createRemoteCommandTap(options: {
  transport: 'websocket' | 'spdy';
  subprotocol: string | undefined;
}): RemoteCommandTap {
  const { transport, subprotocol } = options;
  const properties = remoteCommandSubprotocol(transport, subprotocol);
  return transport === 'websocket'
    ? WebSocketTap.create(properties)
    : SpdyTap.create(properties);
}
