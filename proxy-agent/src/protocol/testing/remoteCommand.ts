import { createRemoteCommandTap } from '../remotecommand/createRemoteCommandTap';
import {
  Injection,
  RemoteCommandEvent,
  RemoteCommandTap,
} from '../remotecommand/RemoteCommandTap';

export const V5 = 'v5.channel.k8s.io';
export const V4 = 'v4.channel.k8s.io';

export const websocketTap = (subprotocol?: string) =>
  createRemoteCommandTap({ transport: 'websocket', subprotocol });

export const spdyTap = (subprotocol?: string) =>
  createRemoteCommandTap({ transport: 'spdy', subprotocol });

/** What can be injected now; it must be possible. */
export function injectionOf(tap: RemoteCommandTap): Injection {
  const injection = tap.injection();
  if (!injection) {
    throw new Error('Nothing can be injected here');
  }
  return injection;
}

/** Events with data as text. */
export function told(events: RemoteCommandEvent[]) {
  return events.map(event =>
    'data' in event
      ? { ...event, data: Buffer.from(event.data).toString('latin1') }
      : event,
  );
}

export const STDIN_CLOSED = { type: 'stdinClosed' };
export const CLOSED = { type: 'closed' };
export const SUCCESS = { type: 'status', success: true, exitCode: 0 };
export const data = (type: string, text: string) => ({ type, data: text });
