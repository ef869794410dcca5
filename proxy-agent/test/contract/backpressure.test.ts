import { until } from '../TestProxy';
import { Contract } from './Contract';
import { RawConnection } from './RawConnection';

const MEBIBYTE = 1024 * 1024;
/** So much is sent. */
const TOTAL = 128 * MEBIBYTE;
/** So much of it may be on the way: what the kernel buffers of two connections on loopback hold, and a little of our own. */
const MAX_ON_THE_WAY = 32 * MEBIBYTE;

const UPGRADE = ['Connection: Upgrade', 'Upgrade: SPDY/3.1'];
const SWITCHING =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n';

describe('a reader that stalls holds the writer back', () => {
  let contract: Contract;

  beforeEach(async () => {
    contract = await Contract.start();
  });
  afterEach(async () => await contract.stop());

  /** The writer gets stuck, and when the reader goes on, everything arrives. */
  const expectBackpressure = async (
    writer: RawConnection,
    reader: RawConnection,
  ) => {
    reader.forget();
    reader.socket.pause();
    const before = reader.socket.bytesRead;
    const heap = process.memoryUsage().arrayBuffers;
    expect(await writer.push(TOTAL)).toBeLessThan(MAX_ON_THE_WAY);
    expect(process.memoryUsage().arrayBuffers - heap).toBeLessThan(
      MAX_ON_THE_WAY,
    );
    reader.socket.resume();
    await until(
      () => reader.socket.bytesRead - before >= TOTAL,
      'all bytes to arrive',
    );
  };

  it('of a request that the API server does not read', async () => {
    // The head goes out with the first bytes.
    const early = 64 * 1024;
    const client = await contract.send('POST', '/api/v1/namespaces/a/pods', [
      `Content-Length: ${TOTAL + early}`,
    ]);
    await client.push(early);
    const upstream = await contract.api.connection();
    await upstream.receives(`\r\n\r\n${'x'.repeat(early)}`);
    await expectBackpressure(client, upstream);
  });

  it.each([
    ['with a length', `Content-Length: ${TOTAL}`],
    ['up to the end of the connection', 'Connection: close'],
  ])('of an answer %s that the client does not read', async (_, framing) => {
    const client = await contract.send('GET', '/api/v1/pods/web/log');
    const upstream = await contract.api.connection();
    await upstream.receives('\r\n\r\n');
    upstream.write(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n`);
    await client.receives('\r\n\r\n');
    await expectBackpressure(upstream, client);
  });

  it('of an error that the client does not read', async () => {
    const client = await contract.send('GET', '/api/v1/pods');
    const upstream = await contract.api.connection();
    await upstream.receives('\r\n\r\n');
    client.socket.pause();
    upstream.write(`HTTP/1.1 500 Oh\r\nContent-Length: ${TOTAL}\r\n\r\n`);
    await expectBackpressure(upstream, client);
  });

  it.each(['client', 'API server'])(
    'of a session whose %s does not read',
    async who => {
      const client = await contract.send(
        'POST',
        '/api/v1/namespaces/dev/pods/web/portforward',
        UPGRADE,
      );
      const upstream = await contract.api.connection();
      await upstream.receives('\r\n\r\n');
      upstream.write(SWITCHING);
      await client.receives('\r\n\r\n');
      await (who === 'client'
        ? expectBackpressure(upstream, client)
        : expectBackpressure(client, upstream));
    },
  );

  it('of what a client sends before its upgrade is answered', async () => {
    const client = await contract.send(
      'POST',
      '/api/v1/namespaces/dev/pods/web/portforward',
      UPGRADE,
    );
    const upstream = await contract.api.connection();
    await upstream.receives('\r\n\r\n');
    upstream.forget();
    expect(await client.push(TOTAL)).toBeLessThan(MAX_ON_THE_WAY);
    upstream.write(SWITCHING);
    await until(
      () => upstream.socket.bytesRead >= TOTAL,
      'all bytes to arrive',
    );
  });
});
