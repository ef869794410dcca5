import { once } from 'node:events';
import { AddressInfo, connect, createServer, Server, Socket } from 'node:net';
import { UpstreamConnection } from './UpstreamConnection';

describe('UpstreamConnection', () => {
  let server: Server;
  let peers: Socket[];
  const connections: UpstreamConnection<Socket>[] = [];

  beforeEach(async () => {
    peers = [];
    server = createServer({ allowHalfOpen: true }, socket =>
      peers.push(socket.on('error', () => {})),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    connections.splice(0).forEach(({ socket }) => socket.destroy());
    peers.forEach(socket => socket.destroy());
    server.close();
    await once(server, 'close');
  });

  const open = async () => {
    const { port } = server.address() as AddressInfo;
    const accepted = once(server, 'connection');
    const connection = UpstreamConnection.create(options =>
      connect({ ...options, port, host: '127.0.0.1', allowHalfOpen: true }),
    );
    connections.push(connection);
    const [peer] = await accepted;
    return { connection, peer: peer as Socket };
  };
  /** Collects copies of what a connection lends. */
  const collect = (connection: UpstreamConnection<Socket>) => {
    const all = { text: '' };
    connection.lendReads(bytes => {
      all.text += bytes.toString('latin1');
      connection.socket.emit('lent');
    });
    return all;
  };
  const until = async (socket: Socket, holds: () => boolean) => {
    while (!holds()) {
      await once(socket, 'lent');
    }
  };

  it('is a stream, and then lends what comes, first of all what the stream had', async () => {
    const { connection, peer } = await open();
    const { socket } = connection;
    peer.write('head');
    const [head] = await once(socket, 'data');
    socket.removeAllListeners('data').pause();
    expect(head.toString()).toBe('head');
    peer.write('early ');
    socket.resume();
    socket.pause();
    const all = collect(connection);
    socket.resume();
    await until(socket, () => all.text.includes('early '));
    peer.write('late');
    await until(socket, () => all.text.includes('late'));
    expect(all.text).toBe('early late');
  });

  it('gives each of several connections its own', async () => {
    const pairs = [await open(), await open(), await open()];
    const texts = pairs.map(({ connection }) => collect(connection));
    pairs.forEach(({ connection }) => connection.socket.resume());
    const sent = pairs.map((_, i) => `${i}`.repeat(500_000));
    pairs.forEach(({ peer }, i) => peer.end(sent[i]));
    await Promise.all(
      pairs.map(({ connection }) => once(connection.socket, 'end')),
    );
    expect(texts.map(({ text }) => text)).toEqual(sent);
  });

  it('reads nothing more while it is paused, and ends when all was lent', async () => {
    const { connection, peer } = await open();
    const { socket } = connection;
    let lent = 0;
    connection.lendReads(bytes => {
      lent += bytes.length;
      socket.pause();
      socket.emit('lent');
    });
    const bytes = 20 * 1024 * 1024;
    socket.resume();
    peer.end(Buffer.alloc(bytes));
    await once(socket, 'lent');
    // As much as systems keep for a connection stays there.
    await once(peer, 'finish', { signal: AbortSignal.timeout(200) }).then(
      () => Promise.reject(new Error('all was read')),
      error => expect(error.name).toBe('AbortError'),
    );
    expect(lent).toBeLessThan(bytes / 10);
    socket.on('lent', () => socket.resume());
    socket.resume();
    await once(socket, 'end');
    expect(lent).toBe(bytes);
  });
});
