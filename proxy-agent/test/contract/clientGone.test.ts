import { Contract } from './Contract';

const GONE = 'the client closed the connection before it was answered';

describe('when a client goes', () => {
  let contract: Contract;

  beforeEach(async () => {
    contract = await Contract.start();
  });
  afterEach(async () => await contract.stop());

  it.each(['destroy', 'reset'] as const)(
    '(%s) during a watch, the upstream is closed by that alone',
    async leave => {
      const path = '/api/v1/pods?watch=1';
      const client = await contract.send('GET', path);
      const upstream = await contract.api.connection();
      await upstream.receives('\r\n\r\n');
      upstream.write(
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n',
      );
      await client.receives('{}');
      client[leave]();
      // Nothing is sent or timed that could close it otherwise.
      await upstream.isEnded();
      expect(await contract.eventOf(path)).toMatchObject({
        result: 'success',
        statusCode: 200,
      });
    },
  );

  it('before a watch is answered, the upstream is closed, and the row says so', async () => {
    const path = '/api/v1/pods?watch=1';
    const client = await contract.send('GET', path);
    const upstream = await contract.api.connection();
    await upstream.receives('\r\n\r\n');
    client.destroy();
    await upstream.isEnded();
    const event = await contract.eventOf(path);
    expect(event).toMatchObject({ result: 'failure', message: GONE });
    expect(event).not.toHaveProperty('statusCode');
  });

  it('while an error is collected, the upstream is closed', async () => {
    const client = await contract.send('GET', '/api/v1/pods');
    const upstream = await contract.api.connection();
    await upstream.receives('\r\n\r\n');
    upstream.write('HTTP/1.1 500 Oh\r\nContent-Length: 100\r\n\r\n{');
    client.destroy();
    await upstream.isEnded();
    expect(await contract.eventOf('/api/v1/pods')).toMatchObject({
      message: GONE,
    });
  });

  it.each([
    ['short', 1000],
    ['long', 1_000_000],
  ])(
    'during a %s upload, the API server gets no whole request',
    async (_, length) => {
      const path = '/api/v1/namespaces/dev/pods';
      const client = await contract.send(
        'POST',
        path,
        [`Content-Length: ${length}`],
        'x'.repeat(500),
      );
      if (length > 1000) {
        const upstream = await contract.api.connection();
        await upstream.receives('xxx');
        client.destroy();
        await upstream.isEnded();
      } else {
        client.destroy();
      }
      expect(await contract.eventOf(path)).toMatchObject({ message: GONE });
      expect(contract.api.requestCount).toBe(length > 1000 ? 1 : 0);
    },
  );

  it('right after it has sent a change, the row says what became of it', async () => {
    const path = (i: number) => `/api/v1/namespaces/dev/pods/p${i}`;
    for (let i = 0; i < 10; i++) {
      const client = await contract.send('DELETE', path(i));
      client.destroy();
    }
    for (let i = 0; i < 10; i++) {
      expect(await contract.eventOf(path(i))).toMatchObject({ message: GONE });
    }
    await Promise.all(contract.api.connections.map(item => item.isEnded()));
  });
});
