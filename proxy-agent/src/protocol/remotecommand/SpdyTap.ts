import { ProtocolError } from '../ProtocolError';
import {
  encodeSpdyData,
  encodeSpdyGoAway,
  encodeSpdyRstStream,
  SpdyDecoder,
  SpdyFrame,
  SpdyHeaders,
  SpdyRstStatus,
} from '../spdy';
import { RemoteCommandSubprotocol } from './RemoteCommandSubprotocol';
import {
  Injection,
  RemoteCommandEvent,
  RemoteCommandTap,
} from './RemoteCommandTap';
import { ResizeCollector } from './ResizeCollector';
import { encodeFailure, StatusCollector } from './StatusCollector';

/** The most streams of one session; the protocols know five. */
export const MAX_STREAMS = 16;
/**
 * The most header blocks of one session, both directions together: of each
 * stream its opening and its reply, and as many again. To inflate a megabyte of
 * small ones takes a second, in which no other session goes on.
 */
export const MAX_HEADER_BLOCKS = 4 * MAX_STREAMS;

interface Stream {
  /** The header `streamtype`: error, stdin, stdout, stderr, resize, or other. */
  type: string | undefined;
  /** The server has accepted it: before that, clients drop what comes on it. */
  accepted: boolean;
  /** The server sends no more on it. */
  serverDone: boolean;
  /** The client sends no more on it. */
  clientDone: boolean;
}

/** A tap on remote commands over SPDY/3.1. */
export class SpdyTap implements RemoteCommandTap {
  private events: RemoteCommandEvent[] = [];
  private readonly status: StatusCollector;
  private readonly resize = ResizeCollector.create();
  private readonly streams = new Map<number, Stream>();
  private lastStreamId = 0;
  private headerBlocks = 0;
  private stdinClosed = false;
  private closed = false;
  private serverClosed = false;

  private readonly clientDecoder = SpdyDecoder.create(frame =>
    this.onClientFrame(frame),
  );
  private readonly serverDecoder = SpdyDecoder.create(frame =>
    this.onServerFrame(frame),
  );

  private constructor(private readonly subprotocol: RemoteCommandSubprotocol) {
    this.status = StatusCollector.create({ json: subprotocol.jsonStatus });
  }

  static create(subprotocol: RemoteCommandSubprotocol): SpdyTap {
    return new SpdyTap(subprotocol);
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
    return this.serverDecoder.frameBoundary;
  }

  // What the server changes of it changes where a frame ends, and nowhere else.
  injection(): Injection | undefined {
    if (this.serverClosed) {
      return undefined;
    }
    const streams = [...this.streams].map(([id, stream]) => ({
      id,
      ...stream,
    }));
    const { lastStreamId } = this;
    const { isDone } = this.status;
    const json = this.subprotocol.jsonStatus;
    return {
      encodeOutput: text => {
        const writable = streams.filter(
          ({ accepted, serverDone }) => accepted && !serverDone,
        );
        const stream =
          writable.find(({ type }) => type === 'stdout') ??
          writable.find(({ type }) => type === 'stderr');
        return stream && encodeSpdyData(stream.id, Buffer.from(text));
      },
      encodeEnd: failure => {
        const frames: Buffer[] = [];
        const errors: Buffer[] = [];
        for (const { id, type, accepted } of streams.filter(
          ({ serverDone }) => !serverDone,
        )) {
          if (!accepted) {
            frames.push(encodeSpdyRstStream(id, SpdyRstStatus.refusedStream));
          } else if (type === 'error' && !isDone) {
            const data = encodeFailure(failure, { json });
            errors.push(encodeSpdyData(id, data, { fin: true }));
          } else {
            frames.push(encodeSpdyData(id, Buffer.alloc(0), { fin: true }));
          }
        }
        // A client reads its output to the end before it looks at the error.
        return Buffer.concat([
          ...frames,
          ...errors,
          encodeSpdyGoAway(lastStreamId),
        ]);
      },
    };
  }

  private onClientFrame(frame: SpdyFrame): void {
    this.countHeaders(frame);
    switch (frame.type) {
      case 'synStream':
        this.openStream(frame.streamId, frame.headers);
        if (frame.fin) {
          this.onClientDone(frame.streamId);
        }
        break;
      case 'data':
        this.onClientData(frame.streamId, frame.data);
        break;
      case 'dataEnd':
      case 'headers':
        if (frame.fin) {
          this.onClientDone(frame.streamId);
        }
        break;
      case 'rstStream':
        this.onClientDone(frame.streamId);
        this.onServerDone(frame.streamId);
        break;
      case 'goAway':
        this.onClose();
        break;
      default: // PING; SYN_REPLY of a stream that no server opens
    }
  }

  private onServerFrame(frame: SpdyFrame): void {
    this.countHeaders(frame);
    switch (frame.type) {
      case 'synReply': {
        const stream = this.streams.get(frame.streamId);
        if (stream) {
          stream.accepted = true;
        }
        if (frame.fin) {
          this.onServerDone(frame.streamId);
        }
        break;
      }
      case 'data':
        this.onServerData(frame.streamId, frame.data);
        break;
      case 'dataEnd':
        this.onServerDataEnd(frame.streamId);
        if (frame.fin) {
          this.onServerDone(frame.streamId);
        }
        break;
      case 'headers':
        if (frame.fin) {
          this.onServerDone(frame.streamId);
        }
        break;
      case 'rstStream':
        this.onServerDone(frame.streamId);
        break;
      case 'goAway':
        this.serverClosed = true;
        this.emit(this.status.end());
        this.onClose();
        break;
      default: // PING; a SYN_STREAM, which clients of this protocol ignore
    }
  }

  private countHeaders(frame: SpdyFrame): void {
    this.headerBlocks += 'headers' in frame ? 1 : 0;
    if (this.headerBlocks > MAX_HEADER_BLOCKS) {
      throw new ProtocolError('too_large', 'SPDY: too many header blocks');
    }
  }

  private openStream(streamId: number, headers: SpdyHeaders): void {
    // SPDY/3.1, section 2.3.2. A server would ignore the second stream of an
    // id, or not: whose data would the next frame then be?
    if (streamId % 2 === 0 || streamId <= this.lastStreamId) {
      throw new ProtocolError('invalid_frame', 'SPDY: stream id out of order');
    }
    if (this.streams.size === MAX_STREAMS) {
      throw new ProtocolError('too_large', 'SPDY: too many streams');
    }
    this.lastStreamId = streamId;
    this.streams.set(streamId, {
      type: headers.get('streamtype')?.[0],
      accepted: false,
      serverDone: false,
      clientDone: false,
    });
  }

  private onClientData(streamId: number, data: Buffer): void {
    const type = this.streams.get(streamId)?.type;
    if (type === 'stdin') {
      this.events.push({ type, data });
    } else if (type === 'resize') {
      this.events.push(...this.resize.push(data));
    }
  }

  private onClientDone(streamId: number): void {
    const stream = this.streams.get(streamId);
    if (!stream || stream.clientDone) {
      return;
    }
    stream.clientDone = true;
    if (stream.type === 'stdin' && !this.stdinClosed) {
      this.stdinClosed = true;
      this.events.push({ type: 'stdinClosed' });
    }
  }

  private onServerData(streamId: number, data: Buffer): void {
    const type = this.streams.get(streamId)?.type;
    if (type === 'stdout' || type === 'stderr') {
      this.events.push({ type, data });
    } else if (type === 'error') {
      this.status.push(data);
    }
  }

  private onServerDataEnd(streamId: number): void {
    // Plain text has no end of its own, so it takes the end of the stream.
    if (
      this.subprotocol.jsonStatus &&
      this.streams.get(streamId)?.type === 'error'
    ) {
      this.emit(this.status.endOfFrame());
    }
  }

  private onServerDone(streamId: number): void {
    const stream = this.streams.get(streamId);
    if (!stream || stream.serverDone) {
      return;
    }
    stream.serverDone = true;
    if (stream.type === 'error') {
      this.emit(this.status.end());
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
