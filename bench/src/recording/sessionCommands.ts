/** How a session is carried. */
export type SessionTransport = 'websocket' | 'spdy';

/** Of one data frame of a flood, in bytes: what API servers send. */
export const FLOOD_FRAME_BYTES = 32 * 1024;

/** Where `SessionServer` has its sessions. */
const EXEC = '/api/v1/namespaces/dev/pods/web/exec';
const STREAMS = 'container=main&stdin=true&stdout=true';

/** A session that gets so many bytes of text, and ends. */
export const floodPath = (bytes: number) =>
  `${EXEC}?command=flood&command=${bytes}&${STREAMS}`;

/** A session that gets back what it sends. */
export const echoPath = () => `${EXEC}?command=echo&tty=true&${STREAMS}`;
