import type { ServerResponse } from 'node:http';
import { proxyConfigSchema } from '../src/config';
import { ProxyServer } from '../src/server';
import { Contract } from './contract/Contract';
import { rawAnswer } from './contract/RawApiServer';
import { RawConnection } from './contract/RawConnection';
import { until } from './TestProxy';

/** Far more than a test's patience: what waits for it fails. */
const GRACE_MS = 600_000;
const REQUEST = 'GET / HTTP/1.1\r\nHost: proxy\r\n\r\n';

describe('a server that ends', () => {
  let server: ProxyServer;
  let answers: ServerResponse[];
  let client: RawConnection;

  beforeEach(async () => {
    answers = [];
    server = ProxyServer.fromConfig(
      proxyConfigSchema.shape.server.parse({ host: '127.0.0.1', port: 0 }),
      {
        handleRequest: async (_request, response) => {
          answers.push(response);
        },
        handleUpgrade: async () => {},
      },
    );
    await server.listen();
    client = await RawConnection.open(server.port);
  });
  afterEach(async () => {
    client.destroy();
    await server.close(0);
  });

  const answered = async (count: number) => {
    await client.receives(/$/);
    while (answers.length < count) {
      await new Promise(setImmediate);
    }
  };

  it('goes as soon as the last answer is out, and says that it is the last', async () => {
    client.write(REQUEST);
    await answered(1);
    const closed = server.close(GRACE_MS);
    answers[0].end('done');
    await closed;
    await client.isEnded();
    expect(client.text).toMatch(/^connection: close\r$/im);
    expect(client.text).toMatch(/done$/);
  });

  it('closes a connection that it has promised to keep, once its answer is out', async () => {
    client.write(REQUEST);
    await answered(1);
    answers[0].write('begun, ');
    await client.receives('begun');
    const closed = server.close(GRACE_MS);
    answers[0].end('done');
    await closed;
    await client.isEnded();
    expect(client.text).toContain('done');
    expect(client.text).toMatch(/connection: keep-alive/i);
  });

  it('closes idle connections at once', async () => {
    client.write(REQUEST);
    await answered(1);
    answers[0].end();
    await client.receives('200 OK');
    await server.close(GRACE_MS);
    await client.isEnded();
  });

  it('does not wait for a connection over which nothing was asked', async () => {
    const later = await RawConnection.open(server.port);
    later.write(REQUEST);
    await later.receives(/$/);
    while (answers.length < 1) {
      await new Promise(setImmediate);
    }
    // So the server knows of the one before it.
    answers[0].end();
    await later.receives('200 OK');
    await server.close(GRACE_MS);
    await client.isEnded();
  });

  it('tells who comes over a connection that is open that it was the last time', async () => {
    client.write(REQUEST);
    await answered(1);
    answers[0].end();
    await client.receives('200 OK');
    server.drain();
    client.write(REQUEST);
    await answered(2);
    answers[1].end();
    await client.isEnded();
    expect(client.text).toMatch(/connection: close/i);
  });

  it('cuts after the grace what does not end', async () => {
    client.write(REQUEST);
    await answered(1);
    await server.close(20);
    await client.isEnded();
  });
});

describe('a proxy that stops', () => {
  it('finishes what is under way, refuses what comes after it, and is gone', async () => {
    const contract = await Contract.start();
    const watch = await contract.send('GET', '/api/v1/pods?watch=1');
    const watched = await contract.api.connection(0);
    await watched.receives('\r\n\r\n');
    watched.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n');
    await watch.receives('200 OK');
    const call = await contract.send('GET', '/api/v1/pods');
    const asked = await contract.api.connection(1);
    await asked.receives('\r\n\r\n');

    const stopped = contract.proxy.stop();
    // The connection was promised to be kept, so that another request may come.
    watch.write(contract.request('GET', '/api/v1/namespaces'));
    await until(async () => {
      const ready = await fetch(`${contract.proxy.adminUrl}/readyz`);
      return (await ready.text()).includes('[-] serving');
    }, 'the proxy to say that it stops');
    watched.write('done');
    await watch.receives(/done.*HTTP\/1\.1 503 Service Unavailable/s);
    await watch.isEnded();
    expect(watch.text).toMatch(/^retry-after: 1\r$/im);
    expect(watch.text).toMatch(/503.*^connection: close\r$/ims);
    expect(watch.text).toContain('the proxy is shutting down');

    const before = performance.now();
    asked.write(rawAnswer('[]'));
    await call.receives('[]');
    expect(call.text).toMatch(/^connection: close\r$/im);
    await stopped;
    // It has more patience than that for calls that do not end.
    expect(performance.now() - before).toBeLessThan(5000);
    await contract.stop();
  });
});
