/** What a user can swear to of one call; each call has a namespace of its own, by which its rows are found. */
export type CallClaim = {
  namespace: string;
  /** What was broken when it was sent. */
  fault: string;
  /** Of the answer's head, when it came. */
  status?: number;
};

/** What carries a session. */
export type Transport = 'websocket' | 'spdy';

/** What a user can swear to of one exec session. */
export type SessionClaim = CallClaim & {
  transport: Transport;
  /** Bytes of the command's output that came. */
  outputBytes: number;
  /** What came last was no frame of the transport any more. */
  garbled: boolean;
};

/** Whether the proxy itself said that it is closed: such a call is not recorded, since that is what it cannot do. */
export function isClosed(claim: CallClaim): boolean {
  return claim.status === 503;
}
