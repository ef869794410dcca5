import type { StoredRequestAuditEvent } from 'backstage-plugin-kubernetes-audit-common';
import type { EventSink } from 'backstage-plugin-kubernetes-audit-node';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { formatSyslogMessage } from './formatSyslogMessage';

/** Sends events to a syslog server, over one connection that is made anew when it has broken. */
export class SyslogSink implements EventSink {
  readonly name = 'syslog';
  #socket: Socket | undefined;

  static create(options: {
    /** Resolves when the socket takes messages. */
    connect: () => Promise<Socket>;
    hostName: string;
  }): SyslogSink {
    return new SyslogSink(options.connect, options.hostName);
  }

  private constructor(
    private readonly connect: () => Promise<Socket>,
    private readonly hostName: string,
  ) {}

  async publish(events: readonly StoredRequestAuditEvent[]): Promise<void> {
    const socket = await this.#connected();
    // RFC 6587, section 3.4.1: the length in bytes, a space, the message.
    const frames = events.map(event => {
      const message = Buffer.from(formatSyslogMessage(event, this.hostName));
      return Buffer.concat([Buffer.from(`${message.length} `), message]);
    });
    await new Promise<void>((resolve, reject) => {
      socket.write(Buffer.concat(frames), error =>
        error ? reject(error) : resolve(),
      );
    });
  }

  async close(): Promise<void> {
    const socket = this.#socket;
    if (socket && !socket.closed) {
      const closed = once(socket, 'close');
      socket.end();
      await closed;
    }
  }

  async #connected(): Promise<Socket> {
    // What the other side has ended takes no more, though it is not closed yet.
    if (this.#socket?.writable) {
      return this.#socket;
    }
    const socket = await this.connect();
    this.#socket = socket;
    // Whoever writes is told of errors; in between nobody is there to be told.
    socket.on('error', () => {});
    // Servers say nothing; unread bytes would keep the end from being seen.
    socket.resume();
    return socket;
  }
}
