import { ProtocolError } from '../ProtocolError';
import { maskPayload } from './maskPayload';
import {
  WebSocketControlOpcode,
  WebSocketDataOpcode,
  WebSocketOpcode,
} from './WebSocketOpcode';

/**
 * The longest payload of one data frame, in bytes: what the API server accepts.
 * A message of several frames, and what of it has arrived, is not limited,
 * since payload is handed on and never kept.
 */
export const MAX_FRAME_PAYLOAD_BYTES = 32 * 1024 * 1024;

/** The longest payload of a control frame, in bytes: RFC 6455, section 5.5. */
export const MAX_CONTROL_PAYLOAD_BYTES = 125;

/** Two fixed bytes, eight of length, four of masking key. */
const MAX_HEADER_BYTES = 14;

/** Receives what a {@link WebSocketDecoder} finds, in the order of the bytes. */
export interface WebSocketSink {
  /**
   * A data frame begins.
   *
   * @param opcode - of the message, also for its continuation frames
   * @param continuation - whether it is not the first frame of its message
   */
  onDataFrame(opcode: WebSocketDataOpcode, continuation: boolean): void;
  /**
   * Some bytes of the data frame that began last, unmasked and never empty.
   * They may be a view of the chunk that was pushed: copy what is kept.
   */
  onPayload(data: Buffer): void;
  /** The message is complete. */
  onMessageEnd(): void;
  /** A control frame; these may come between the frames of a message. */
  onControl(opcode: WebSocketControlOpcode, payload: Buffer): void;
}

/**
 * Decodes one direction of a WebSocket connection, RFC 6455 without extensions.
 *
 * ```
 *  0               1               2               3
 * +-+-+-+-+-------+-+-------------+-------------------------------+
 * |F|R|R|R| opcode|M| length (7)  |  length (16 or 64, if 126/127)|
 * |I|S|S|S|  (4)  |A|             |                               |
 * |N|V|V|V|       |S|             |                               |
 * +-+-+-+-+-------+-+-------------+-------------------------------+
 * |  masking key, if M is set     |  payload                      |
 * +-------------------------------+-------------------------------+
 * ```
 */
export class WebSocketDecoder {
  private readonly header = Buffer.alloc(MAX_HEADER_BYTES);
  private headerLength = 0;
  private headerNeeded = 2;

  private final = true;
  private opcode: number = WebSocketOpcode.binary;
  private maskKey = this.header.subarray(0, 4);
  private payloadPosition = 0;
  private payloadRemaining = 0;

  /** Set while frames of a message are still to come. */
  private message: WebSocketDataOpcode | undefined;
  private readonly control = Buffer.alloc(MAX_CONTROL_PAYLOAD_BYTES);
  private boundary: number | undefined = 0;

  private constructor(
    private readonly masked: boolean,
    private readonly sink: WebSocketSink,
  ) {}

  /**
   * @param options - `masked`: true for client to server, false for the other
   *   direction; each forbids the other's frames
   */
  static create(options: {
    masked: boolean;
    sink: WebSocketSink;
  }): WebSocketDecoder {
    return new WebSocketDecoder(options.masked, options.sink);
  }

  /**
   * The offset in the chunk pushed last up to which all messages are complete,
   * so that other messages may be put there; undefined if there is none.
   */
  get messageBoundary(): number | undefined {
    return this.boundary;
  }

  /**
   * @param chunk - the next bytes, cut anywhere
   * @throws ProtocolError
   */
  push(chunk: Buffer): void {
    const inFrame = this.headerLength > 0;
    this.boundary = inFrame || this.message !== undefined ? undefined : 0;

    let offset = 0;
    while (offset < chunk.length) {
      offset =
        this.payloadRemaining > 0
          ? this.readPayload(chunk, offset)
          : this.readHeader(chunk, offset);
    }
  }

  private readHeader(chunk: Buffer, offset: number): number {
    const end = Math.min(
      offset + this.headerNeeded - this.headerLength,
      chunk.length,
    );
    this.headerLength += chunk.copy(
      this.header,
      this.headerLength,
      offset,
      end,
    );
    if (this.headerLength < this.headerNeeded) {
      return end;
    }
    if (this.headerNeeded === 2) {
      this.headerNeeded = this.checkHeader();
      if (this.headerNeeded > 2) {
        return end;
      }
    }
    this.beginFrame(end);
    return end;
  }

  /** Checks the two fixed bytes and returns the length of the whole header. */
  private checkHeader(): number {
    const [first, second] = this.header;
    const opcode = first & 0x0f;
    const length = second & 0x7f;
    this.final = (first & 0x80) !== 0;

    if ((first & 0x70) !== 0) {
      throw invalid('reserved bits are set');
    }
    if (((second & 0x80) !== 0) !== this.masked) {
      throw invalid(`frame is ${this.masked ? 'not ' : ''}masked`);
    }
    switch (opcode) {
      case WebSocketOpcode.continuation:
        if (this.message === undefined) {
          throw invalid('continuation of no message');
        }
        break;
      case WebSocketOpcode.text:
      case WebSocketOpcode.binary:
        if (this.message !== undefined) {
          throw invalid('message inside another');
        }
        break;
      case WebSocketOpcode.close:
      case WebSocketOpcode.ping:
      case WebSocketOpcode.pong:
        if (!this.final) {
          throw invalid('fragmented control frame');
        }
        if (length > MAX_CONTROL_PAYLOAD_BYTES) {
          throw invalid('control frame over 125 bytes');
        }
        break;
      default:
        throw invalid('reserved opcode');
    }
    this.opcode = opcode;

    let needed = 2;
    if (length === 126) {
      needed += 2;
    } else if (length === 127) {
      needed += 8;
    }
    return this.masked ? needed + 4 : needed;
  }

  private beginFrame(offset: number): void {
    const { header, opcode } = this;
    const length = header[1] & 0x7f;
    let payloadLength = length;
    let keyAt = 2;
    if (length === 126) {
      payloadLength = header.readUInt16BE(2);
      keyAt = 4;
    } else if (length === 127) {
      // The upper word alone is over any limit; RFC 6455 forbids its top bit.
      payloadLength = header.readUInt32BE(2) * 2 ** 32 + header.readUInt32BE(6);
      keyAt = 10;
    }
    if (payloadLength > MAX_FRAME_PAYLOAD_BYTES) {
      throw new ProtocolError('too_large', 'WebSocket: frame too large');
    }
    this.maskKey = header.subarray(keyAt, keyAt + 4);
    this.payloadPosition = 0;
    this.payloadRemaining = payloadLength;

    if (opcode === WebSocketOpcode.continuation) {
      this.sink.onDataFrame(this.message ?? WebSocketOpcode.binary, true);
    } else if (
      opcode === WebSocketOpcode.text ||
      opcode === WebSocketOpcode.binary
    ) {
      this.message = opcode;
      this.sink.onDataFrame(opcode, false);
    }
    if (payloadLength === 0) {
      this.endFrame(offset);
    }
  }

  private readPayload(chunk: Buffer, offset: number): number {
    const end = Math.min(offset + this.payloadRemaining, chunk.length);
    let data = chunk.subarray(offset, end);
    if (this.masked) {
      data = maskPayload(data, this.maskKey, this.payloadPosition);
    }
    if (this.opcode >= WebSocketOpcode.close) {
      data.copy(this.control, this.payloadPosition);
    } else {
      this.sink.onPayload(data);
    }
    this.payloadPosition += data.length;
    this.payloadRemaining -= data.length;
    if (this.payloadRemaining === 0) {
      this.endFrame(end);
    }
    return end;
  }

  private endFrame(offset: number): void {
    this.headerLength = 0;
    this.headerNeeded = 2;
    const { opcode } = this;
    if (
      opcode === WebSocketOpcode.close ||
      opcode === WebSocketOpcode.ping ||
      opcode === WebSocketOpcode.pong
    ) {
      if (opcode === WebSocketOpcode.close && this.payloadPosition === 1) {
        throw invalid('close frame with half a status code');
      }
      this.sink.onControl(
        opcode,
        Buffer.from(this.control.subarray(0, this.payloadPosition)),
      );
    } else if (this.final) {
      this.message = undefined;
      this.sink.onMessageEnd();
    }
    if (this.message === undefined) {
      this.boundary = offset;
    }
  }
}

function invalid(reason: string): ProtocolError {
  return new ProtocolError('invalid_frame', `WebSocket: ${reason}`);
}
