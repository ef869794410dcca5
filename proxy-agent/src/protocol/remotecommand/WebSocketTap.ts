import {
  closePayload,
  encodeWebSocketFrame,
  WEBSOCKET_CLOSE_NORMAL,
  WebSocketDecoder,
  WebSocketOpcode,
} from '../websocket';
import { Channel, ChannelReader } from './ChannelReader';
import { RemoteCommandSubprotocol } from './RemoteCommandSubprotocol';
import {
  Injection,
  RemoteCommandEvent,
  RemoteCommandTap,
} from './RemoteCommandTap';
import { ResizeCollector } from './ResizeCollector';
import { encodeFailure, StatusCollector } from './StatusCollector';

/**
 * A tap on remote commands over WebSocket.
 *
 * The API server (Go's `x/net/websocket`) takes each *frame* of a client for a
 * message of its own, while RFC 6455 joins them. Whatever the server does, all
 * that can reach stdin must be recorded: a fragmented message of stdin is
 * recorded with every byte of it, and one that could hide stdin (of another
 * channel, or in base64) is refused.
 */
export class WebSocketTap implements RemoteCommandTap {
  private events: RemoteCommandEvent[] = [];
  private readonly status: StatusCollector;
  private readonly resize = ResizeCollector.create();
  private closeSignal: number[] = [];
  private stdinClosed = false;
  private closed = false;

  /** The server announces the lowest channel it can write to. */
  private outputChannel: number | undefined;

  private readonly clientDecoder: WebSocketDecoder;
  private readonly serverDecoder: WebSocketDecoder;
  private readonly serverChannels: ChannelReader;

  private constructor(private readonly subprotocol: RemoteCommandSubprotocol) {
    const { base64, jsonStatus } = subprotocol;
    this.status = StatusCollector.create({ json: jsonStatus });
    this.clientDecoder = WebSocketDecoder.create({
      masked: true,
      sink: ChannelReader.create({
        base64,
        fragmentedChannels: base64 ? [] : [Channel.stdin],
        sink: {
          onData: (channel, data) => this.onClientData(channel, data),
          onMessageEnd: channel => this.onClientMessageEnd(channel),
          onClose: () => this.onClose(),
        },
      }),
    });
    this.serverChannels = ChannelReader.create({
      base64,
      sink: {
        onData: (channel, data) => this.onServerData(channel, data),
        onMessageEnd: channel => this.onServerMessageEnd(channel),
        onClose: () => {
          this.emit(this.status.end());
          this.onClose();
        },
      },
    });
    this.serverDecoder = WebSocketDecoder.create({
      masked: false,
      sink: this.serverChannels,
    });
  }

  static create(subprotocol: RemoteCommandSubprotocol): WebSocketTap {
    return new WebSocketTap(subprotocol);
  }

  pushFromClient(chunk: Buffer): RemoteCommandEvent[] {
    this.clientDecoder.push(chunk);
    return this.takeEvents();
  }

  pushFromServer(chunk: Buffer): RemoteCommandEvent[] {
    this.serverDecoder.push(chunk);
    return this.takeEvents();
  }

  get boundary(): number | undefined {
    return this.serverDecoder.messageBoundary;
  }

  // All that it depends on changes where a message ends, and nowhere else.
  injection(): Injection | undefined {
    if (this.serverChannels.isClosed) {
      return undefined;
    }
    const { outputChannel = Channel.stdout } = this;
    const { isDone } = this.status;
    const json = this.subprotocol.jsonStatus;
    return {
      encodeOutput: text =>
        this.encodeMessage(outputChannel, Buffer.from(text)),
      encodeEnd: failure => {
        const close = encodeWebSocketFrame({
          opcode: WebSocketOpcode.close,
          payload: closePayload(WEBSOCKET_CLOSE_NORMAL),
        });
        return isDone
          ? close
          : Buffer.concat([
              this.encodeMessage(
                Channel.error,
                encodeFailure(failure, { json }),
              ),
              close,
            ]);
      },
    };
  }

  private encodeMessage(channel: number, data: Buffer): Buffer {
    return this.subprotocol.base64
      ? encodeWebSocketFrame({
          opcode: WebSocketOpcode.text,
          payload: Buffer.from(`${channel}${data.toString('base64')}`),
        })
      : encodeWebSocketFrame({
          opcode: WebSocketOpcode.binary,
          payload: Buffer.concat([Buffer.from([channel]), data]),
        });
  }

  private onClientData(channel: number, data: Buffer): void {
    switch (channel) {
      case Channel.stdin:
        this.events.push({ type: 'stdin', data });
        break;
      case Channel.resize:
        this.events.push(...this.resize.push(data));
        break;
      case Channel.close:
        // One byte is a signal; more is none, so two are enough to tell.
        this.closeSignal.push(...data.subarray(0, 2 - this.closeSignal.length));
        break;
      default: // not read by the server
    }
  }

  private onClientMessageEnd(channel: number): void {
    const [closed, ...more] = this.closeSignal;
    this.closeSignal = [];
    if (
      channel === Channel.close &&
      this.subprotocol.closeSignal &&
      closed === Channel.stdin &&
      more.length === 0 &&
      !this.stdinClosed
    ) {
      this.stdinClosed = true;
      this.events.push({ type: 'stdinClosed' });
    }
  }

  private onServerData(channel: number, data: Buffer): void {
    switch (channel) {
      case Channel.stdout:
        this.events.push({ type: 'stdout', data });
        break;
      case Channel.stderr:
        this.events.push({ type: 'stderr', data });
        break;
      case Channel.error:
        this.status.push(data);
        break;
      default: // not read by the client
    }
  }

  private onServerMessageEnd(channel: number): void {
    if (channel === Channel.error) {
      this.emit(this.status.endOfFrame());
    } else if (channel === Channel.stdout || channel === Channel.stderr) {
      this.outputChannel = Math.min(this.outputChannel ?? channel, channel);
    }
  }

  private onClose(): void {
    if (!this.closed) {
      this.closed = true;
      this.events.push({ type: 'closed' });
    }
  }

  private emit(event: RemoteCommandEvent | undefined): void {
    if (event) {
      this.events.push(event);
    }
  }

  private takeEvents(): RemoteCommandEvent[] {
    const { events } = this;
    this.events = [];
    return events;
  }
}
