import { randomBytes } from 'node:crypto';
import { createConnection, Socket } from 'node:net';
import { WebSocketDecoder } from '../../src/protocol/websocket';
import { matchingOutput } from './numberedOutput';

const END_OF_HEAD = '\r\n\r\n';
const STDOUT_CHANNEL = 1;

type ExecOptions = {
  port: number;
  token: string;
  /** `dev/pods/web` */
  pod: string;
  /** How much the command prints. */
  outputBytes: number;
  /** The command does not end by itself. */
  wait?: boolean;
};

/** An exec session of a user over a raw WebSocket, that checks each byte of output as it comes. */
export class ExecSession {
  /** Somebody took the connection. */
  connected = false;
  /** Of the answer's head, once it came. */
  status: number | undefined;
  /** The body of an answer that is no upgrade. */
  refusal = '';
  /** Bytes of the command's output that came. */
  outputBytes = 0;
  /** What came on stdout that the command did not print: the proxy's own words. */
  words = '';
  /** What came last was no WebSocket frame any more. */
  garbled = false;
  /** Resolves when the connection has gone. */
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  #head = '';
  #channel: number | undefined;
  readonly #decoder = WebSocketDecoder.create({
    masked: false,
    sink: {
      onDataFrame: (_opcode, continuation) => {
        if (!continuation) {
          this.#channel = undefined;
        }
      },
      onPayload: data => this.#payload(data),
      onMessageEnd: () => {},
      onControl: () => {},
    },
  });

  static open(options: ExecOptions): ExecSession {
    return new ExecSession(options);
  }

  private constructor(options: ExecOptions) {
    this.#socket = createConnection(options.port, '127.0.0.1');
    this.#socket.once('connect', () => {
      this.connected = true;
    });
    this.#socket.on('data', chunk => this.#receive(chunk));
    this.#socket.on('error', () => this.#socket.destroy());
    this.#socket.on('end', () => this.#socket.end());
    this.ended = new Promise(resolve => {
      this.#socket.once('close', () => resolve());
    });
    const command = `command=${options.outputBytes}${
      options.wait ? '&command=wait' : ''
    }`;
    this.#socket.write(
      [
        `GET /clusters/demo/api/v1/namespaces/${options.pod}/exec?${command}&stdout=true HTTP/1.1`,
        'Host: proxy',
        `Authorization: Bearer ${options.token}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
        'Sec-WebSocket-Protocol: v5.channel.k8s.io',
        '\r\n',
      ].join('\r\n'),
    );
  }

  /** The user pulls the plug. */
  hangUp(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    if (this.status === undefined) {
      this.#head += chunk.toString('latin1');
      const end = this.#head.indexOf(END_OF_HEAD);
      if (end === -1) {
        return;
      }
      const rest = this.#head.slice(end + END_OF_HEAD.length);
      this.status = Number(/^HTTP\/1.1 (\d+)/.exec(this.#head)?.[1]);
      this.#receive(Buffer.from(rest, 'latin1'));
    } else if (this.status === 101) {
      try {
        this.#decoder.push(chunk);
      } catch {
        this.garbled = true;
        this.#socket.destroy();
      }
    } else {
      this.refusal += chunk.toString('utf8');
    }
  }

  #payload(data: Buffer): void {
    let output = data;
    if (this.#channel === undefined) {
      this.#channel = data[0];
      output = data.subarray(1);
    }
    if (this.#channel !== STDOUT_CHANNEL) {
      return;
    }
    const matching = this.words ? 0 : matchingOutput(output, this.outputBytes);
    this.outputBytes += matching;
    this.words += output.subarray(matching).toString('utf8');
  }
}
