import { createConnection, Socket } from 'node:net';
import type { RemoteCommandTap } from '../../src/protocol';
import { Dialect, SPDY, WEBSOCKET } from '../contract/dialects';
import type { Transport } from './Claim';
import { matchingOutput } from './numberedOutput';

const END_OF_HEAD = '\r\n\r\n';

type ExecOptions = {
  port: number;
  token: string;
  /** `dev/pods/web` */
  pod: string;
  /** How much the command prints. */
  outputBytes: number;
  /** The command does not end by itself. */
  wait?: boolean;
  /** WebSocket, if not given. */
  transport?: Transport;
};

/** An exec session of a user over a raw connection, that checks each byte of output as it comes. */
export class ExecSession {
  /** Somebody took the connection. */
  connected = false;
  /** Of the answer's head, once it came. */
  status: number | undefined;
  /** Bytes of the command's output that came. */
  outputBytes = 0;
  /** What came on stdout that the command did not print: the proxy's own words. */
  words = '';
  /** What came last was no frame of the transport any more. */
  garbled = false;
  /** Resolves when the connection has gone. */
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  #head = '';
  readonly #dialect: Dialect;
  readonly #tap: RemoteCommandTap;

  static open(options: ExecOptions): ExecSession {
    return new ExecSession(options);
  }

  private constructor(options: ExecOptions) {
    this.#dialect = options.transport === 'spdy' ? SPDY : WEBSOCKET;
    this.#tap = this.#dialect.tap();
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
    const [method, headers] = this.#dialect.request;
    this.#socket.write(
      [
        `${method} /clusters/demo/api/v1/namespaces/${options.pod}/exec?${command}&stdout=true HTTP/1.1`,
        'Host: proxy',
        `Authorization: Bearer ${options.token}`,
        ...headers,
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
      if (this.status === 101) {
        this.#socket.write(this.#dialect.opening.client);
      }
      this.#receive(Buffer.from(rest, 'latin1'));
    } else if (this.status === 101) {
      this.#read(chunk);
    }
  }

  #read(chunk: Buffer): void {
    try {
      for (const event of this.#tap.pushFromServer(chunk)) {
        if (event.type === 'stdout') {
          this.#check(event.data);
        }
      }
    } catch {
      this.garbled = true;
      this.#socket.destroy();
    }
  }

  #check(output: Uint8Array): void {
    const matching = this.words ? 0 : matchingOutput(output, this.outputBytes);
    this.outputBytes += matching;
    this.words += Buffer.from(output.subarray(matching)).toString('utf8');
  }
}
