import { randomBytes } from 'node:crypto';
import { until } from '../TestProxy';
import { Contract } from './Contract';
import { RawConnection } from './RawConnection';

const PATH = '/api/v1/namespaces/dev/pods/web/portforward?ports=80';
const SWITCHING =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n';

describe('the bytes of a port-forward', () => {
  let contract: Contract;
  let client: RawConnection;
  let upstream: RawConnection;
  /** Where the session's own bytes begin on either side. */
  let clientStart: number;
  let upstreamStart: number;

  beforeEach(async () => {
    contract = await Contract.start();
    client = await contract.send('POST', PATH, [
      'Connection: Upgrade',
      'Upgrade: SPDY/3.1',
    ]);
    upstream = await contract.api.connection();
    upstreamStart = (await upstream.receives('\r\n\r\n')).length;
    upstream.write(SWITCHING);
    clientStart = (await client.receives('\r\n\r\n')).length;
  });
  afterEach(async () => await contract.stop());

  const endOfSession = async () => {
    const find = () =>
      contract.portal
        .events()
        .find(({ message }) => message.startsWith('session ended'));
    await until(() => find() !== undefined, 'the end of the session');
    return find();
  };

  it('pass untouched in both directions at once', async () => {
    const up = randomBytes(1_000_003);
    const down = randomBytes(2_000_003);
    client.write(up);
    upstream.write(down);
    await until(
      () =>
        upstream.bytes.length === upstreamStart + up.length &&
        client.bytes.length === clientStart + down.length,
      'all bytes',
    );
    expect(upstream.bytes.subarray(upstreamStart).equals(up)).toBe(true);
    expect(client.bytes.subarray(clientStart).equals(down)).toBe(true);
  });

  it('still come from the API server when the client has ended its direction', async () => {
    client.end('last of the client');
    await upstream.isEnded();
    expect(upstream.text).toContain('last of the client');
    upstream.write('more');
    await client.receives('more');
    upstream.end(', and last');
    await client.receives('more, and last');
    await client.isClosed();
    expect(await endOfSession()).toMatchObject({
      message: expect.stringMatching(/: the client closed the connection$/),
    });
  });

  it('still come from the client when the API server has ended its direction', async () => {
    upstream.end('last of the server');
    await client.isEnded();
    expect(client.text).toContain('last of the server');
    client.write('more');
    await upstream.receives('more');
    client.end(', and last');
    await upstream.receives('more, and last');
    await upstream.isClosed();
    expect(await endOfSession()).toMatchObject({
      message: expect.stringMatching(/: the API server closed the connection$/),
    });
  });

  it('end for the client when the API server resets the connection', async () => {
    upstream.write('before');
    await client.receives('before');
    upstream.reset();
    await client.isEnded();
    client.end();
    expect(await endOfSession()).toMatchObject({
      message: expect.stringMatching(/: the API server closed the connection$/),
    });
  });

  it.each(['destroy', 'reset'] as const)(
    'end for the API server when the client goes (%s)',
    async leave => {
      client[leave]();
      await upstream.isEnded();
      upstream.end();
      expect(await endOfSession()).toMatchObject({
        message: expect.stringMatching(/: the client closed the connection$/),
      });
    },
  );

  it('all reach a slow client, long after the API server has closed', async () => {
    const down = randomBytes(1_500_000);
    client.socket.pause();
    upstream.write(down);
    upstream.end();
    // As long as a proxy that does not wait would have patience, and longer.
    for (let i = 0; i < 30; i++) {
      client.write('ping');
      await new Promise(resolve => {
        setTimeout(resolve, 100);
      });
    }
    upstream.destroy();
    client.socket.resume();
    await client.isEnded();
    expect(client.bytes.subarray(clientStart).equals(down)).toBe(true);
    client.end();
    await endOfSession();
  });
});
