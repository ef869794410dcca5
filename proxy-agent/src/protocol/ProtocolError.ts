/**
 * What was wrong with the bytes of a peer:
 *
 * - `invalid_frame`: a frame that its specification forbids
 * - `too_large`: a frame, message, header block or count over its limit
 * - `invalid_headers`: a SPDY header block that cannot be inflated or parsed
 * - `invalid_encoding`: base64 that is none
 * - `ambiguous`: bytes that two correct peers would read differently
 * - `unsupported`: a subprotocol that no recorder knows
 */
export type ProtocolErrorCode =
  | 'invalid_frame'
  | 'too_large'
  | 'invalid_headers'
  | 'invalid_encoding'
  | 'ambiguous'
  | 'unsupported';

/**
 * Thrown by the codecs of this room. The decoder that threw is of no more use:
 * its owner ends the session. `message` holds no bytes of the session.
 */
export class ProtocolError extends Error {
  readonly name = 'ProtocolError';

  constructor(
    readonly code: ProtocolErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
