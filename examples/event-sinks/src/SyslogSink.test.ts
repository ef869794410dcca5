import { once } from 'node:events';
import { AddressInfo, connect, createServer, Socket } from 'node:net';
import {
  connect as connectTls,
  createServer as createTlsServer,
} from 'node:tls';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StoredRequestAuditEvent } from 'backstage-plugin-kubernetes-audit-common';
import { makeCertificate } from './__testUtils__/makeCertificate';
import { SyslogSink } from './SyslogSink';

const event = (n: number): StoredRequestAuditEvent => ({
  number: n,
  sequence: n,
  agentId: 'demo-proxy',
  id: `019aa000-0000-7000-8000-00000000000${n}`,
  executedAt: '2026-11-22T10:00:00.000Z',
  result: n === 1 ? 'success' : 'failure',
  message: 'OK',
  userName: 'Jürgen "J" [x]\\',
  clientIp: '127.0.0.1',
  clusterName: 'demo',
  verb: 'list',
  resource: 'pods',
  requestUri: '/api/v1/pods',
  connectedFrom: 'Proxy',
});

/** The messages of the frames, as they come, each cut by its length in bytes. */
class FrameReader {
  #bytes = Buffer.alloc(0);
  readonly messages: string[] = [];
  readonly #waiting: (() => void)[] = [];

  read(socket: Socket): void {
    socket.on('error', () => {});
    socket.on('data', chunk => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      for (;;) {
        const [head, length] =
          /^(\d+) /.exec(this.#bytes.toString('latin1', 0, 12)) ?? [];
        const end = Number(head?.length) + Number(length);
        if (head === undefined || this.#bytes.length < end) {
          break;
        }
        this.messages.push(this.#bytes.toString('utf8', head.length, end));
        this.#bytes = this.#bytes.subarray(end);
      }
      this.#waiting.splice(0).forEach(wake => wake());
    });
  }

  async count(n: number): Promise<void> {
    while (this.messages.length < n) {
      await new Promise<void>(resolve => this.#waiting.push(resolve));
    }
  }
}

describe('SyslogSink', () => {
  async function setUp() {
    const reader = new FrameReader();
    const sockets: Socket[] = [];
    const server = createServer(socket => {
      sockets.push(socket);
      reader.read(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const sink = SyslogSink.create({
      hostName: 'portal',
      connect: async () => {
        const socket = connect({ host: '127.0.0.1', port });
        await once(socket, 'connect');
        return socket;
      },
    });
    return {
      reader,
      sockets,
      sink,
      stop: async () => {
        await sink.close();
        server.close();
        await once(server, 'close');
      },
    };
  }

  it('sends a message of RFC 5424 for each event, with its length in bytes', async () => {
    const { reader, sink, stop } = await setUp();
    await sink.publish([event(1), event(2)]);
    await reader.count(2);
    const [first, second] = reader.messages;
    expect(first).toBe(
      '<110>1 2026-11-22T10:00:00.000Z portal kubernetes-audit - request ' +
        '[kubernetesAudit@32473 id="019aa000-0000-7000-8000-000000000001" ' +
        'userName="Jürgen \\"J\\" [x\\]\\\\" clusterName="demo" verb="list" ' +
        `resource="pods" result="success"] \ufeff${JSON.stringify(event(1))}`,
    );
    expect(second).toMatch(/^<108>1 /);
    await stop();
  });

  it('connects anew after the server has gone away', async () => {
    const { reader, sockets, sink, stop } = await setUp();
    await sink.publish([event(1)]);
    await reader.count(1);
    sockets[0].destroy();
    // A write into the broken connection may be the one that finds out.
    while (sockets.length < 2) {
      await sink.publish([event(2)]).catch(() => {});
      await nextTurn();
    }
    await reader.count(2);
    expect(reader.messages.at(-1)).toContain(event(2).id);
    await stop();
  });

  it('fails where nobody listens', async () => {
    const sink = SyslogSink.create({
      hostName: 'portal',
      connect: async () => {
        const socket = connect({ host: '127.0.0.1', port: 1 });
        await once(socket, 'connect');
        return socket;
      },
    });
    await expect(sink.publish([event(1)])).rejects.toThrow('ECONNREFUSED');
  });

  it('sends them over TLS', async () => {
    const reader = new FrameReader();
    const { cert, key } = await makeCertificate();
    const server = createTlsServer({ cert, key }, socket =>
      reader.read(socket),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const sink = SyslogSink.create({
      hostName: 'portal',
      connect: async () => {
        const socket = connectTls({
          host: '127.0.0.1',
          port,
          ca: cert,
          servername: 'localhost',
        });
        await once(socket, 'secureConnect');
        return socket;
      },
    });
    await sink.publish([event(1)]);
    await reader.count(1);
    expect(reader.messages[0]).toContain(event(1).id);
    await sink.close();
    server.close();
    await once(server, 'close');
  });
});
