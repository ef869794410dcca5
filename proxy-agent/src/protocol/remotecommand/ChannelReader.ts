import { ProtocolError } from '../ProtocolError';
import {
  WebSocketControlOpcode,
  WebSocketDataOpcode,
  WebSocketOpcode,
  WebSocketSink,
} from '../websocket';
import { Base64Decoder } from './Base64Decoder';

/** The channels of the remote command protocols over WebSocket. */
export const Channel = {
  stdin: 0,
  stdout: 1,
  stderr: 2,
  error: 3,
  resize: 4,
  close: 255,
} as const;

/** Receives the messages of one direction, by channel. */
export interface ChannelSink {
  /** Some bytes of a message, decoded; never empty. */
  onData(channel: number, data: Buffer): void;
  /** A message is complete; one without data has no `onData` before. */
  onMessageEnd(channel: number): void;
  onClose(): void;
}

const DIGIT_ZERO = '0'.charCodeAt(0);

/**
 * Takes the channel from the first byte of each message, and base64 from the
 * rest where the subprotocol says so. Like the API server it does not care
 * whether a message is text or binary.
 */
export class ChannelReader implements WebSocketSink {
  private channel: number | undefined;
  private continuation = false;
  private decoder: Base64Decoder | undefined;
  private closed = false;

  private constructor(
    private readonly base64: boolean,
    private readonly fragmentedChannels: readonly number[] | undefined,
    private readonly sink: ChannelSink,
  ) {}

  /**
   * @param options - `fragmentedChannels`: the only ones whose messages may
   *   have several frames; all, if not given
   */
  static create(options: {
    base64: boolean;
    fragmentedChannels?: readonly number[];
    sink: ChannelSink;
  }): ChannelReader {
    const { base64, fragmentedChannels, sink } = options;
    return new ChannelReader(base64, fragmentedChannels, sink);
  }

  get isClosed(): boolean {
    return this.closed;
  }

  onDataFrame(_opcode: WebSocketDataOpcode, continuation: boolean): void {
    this.continuation = continuation;
    if (this.closed) {
      throw new ProtocolError('invalid_frame', 'WebSocket: data after close');
    }
  }

  onPayload(payload: Buffer): void {
    let data = payload;
    if (this.channel === undefined) {
      const [first] = payload;
      this.channel = this.base64 ? (first - DIGIT_ZERO) & 0xff : first;
      this.decoder = this.base64 ? Base64Decoder.create() : undefined;
      data = payload.subarray(1);
    } else if (
      this.continuation &&
      this.fragmentedChannels?.includes(this.channel) === false
    ) {
      throw new ProtocolError('ambiguous', 'Fragmented message');
    }
    if (this.decoder) {
      data = this.decoder.decode(data);
    }
    if (data.length > 0) {
      this.sink.onData(this.channel, data);
    }
  }

  onMessageEnd(): void {
    const { channel } = this;
    this.channel = undefined;
    if (channel !== undefined) {
      this.decoder?.end();
      this.sink.onMessageEnd(channel);
    }
  }

  onControl(opcode: WebSocketControlOpcode): void {
    if (opcode === WebSocketOpcode.close && !this.closed) {
      this.closed = true;
      this.sink.onClose();
    }
  }
}
