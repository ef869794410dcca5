import { ProtocolError } from '../ProtocolError';

/** What the name of a remote command subprotocol stands for. */
export interface RemoteCommandSubprotocol {
  /** The error channel holds JSON (v4, v5), not plain text. */
  jsonStatus: boolean;
  /** Messages are base64 after the channel, which is an ASCII digit. */
  base64: boolean;
  /** Channel 255 closes a channel (v5). */
  closeSignal: boolean;
}

const WEBSOCKET_NAMES = new Set([
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'channel.k8s.io',
  'base64.channel.k8s.io',
  '',
]);

const SPDY_NAMES = new Set([
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v3.channel.k8s.io',
  'v2.channel.k8s.io',
  'channel.k8s.io',
  '',
]);

/**
 * @param name - as the server's answer names it; undefined is the first version
 * @throws ProtocolError
 */
export function remoteCommandSubprotocol(
  transport: 'websocket' | 'spdy',
  name: string = '',
): RemoteCommandSubprotocol {
  const names = transport === 'websocket' ? WEBSOCKET_NAMES : SPDY_NAMES;
  if (!names.has(name)) {
    throw new ProtocolError('unsupported', 'Unknown remote command protocol');
  }
  return {
    jsonStatus: name.startsWith('v4.') || name.startsWith('v5.'),
    base64: name.includes('base64.'),
    closeSignal: name.startsWith('v5.'),
  };
}
