import { Contract } from './Contract';
import { RawConnection } from './RawConnection';

/** Keystrokes and their echoes. */
const KEYSTROKES = 40;
/** A sender that waits for an acknowledgement, as Nagle's algorithm does, waits 40 ms on Linux. */
const MAX_MEDIAN_MS = 35;

describe('small pieces of a session', () => {
  it('go on at once in both directions', async () => {
    const contract = await Contract.start();
    const client = await contract.send(
      'POST',
      '/api/v1/namespaces/dev/pods/web/portforward',
      ['Connection: Upgrade', 'Upgrade: SPDY/3.1'],
    );
    const upstream = await contract.api.connection();
    await upstream.receives('\r\n\r\n');
    upstream.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n',
    );
    await client.receives('\r\n\r\n');
    upstream.forget();
    client.forget();

    const piece = (from: RawConnection, to: RawConnection) =>
      new Promise(resolve => {
        to.socket.once('data', resolve);
        from.write('x');
      });
    // The second of two pieces would wait for the acknowledgement of the first.
    const pair = async (from: RawConnection, to: RawConnection) => {
      await piece(from, to);
      await piece(from, to);
    };
    const times: number[] = [];
    for (let i = 0; i < KEYSTROKES; i++) {
      const start = performance.now();
      await pair(client, upstream);
      await pair(upstream, client);
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    expect(times[KEYSTROKES / 2]).toBeLessThan(MAX_MEDIAN_MS);
    await contract.stop();
  });
});
