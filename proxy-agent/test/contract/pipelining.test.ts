import { until } from '../TestProxy';
import { Contract } from './Contract';
import { rawAnswer } from './RawApiServer';

describe('requests that are sent without waiting for answers', () => {
  let contract: Contract;

  beforeEach(async () => {
    contract = await Contract.start();
  });
  afterEach(async () => await contract.stop());

  it('are each looked at, and answered in order', async () => {
    const client = await contract.connect();
    const other = await contract.portal.issue({ kubernetesUser: 'mallory' });
    client.write(
      [
        contract.request('GET', '/api/v1/pods'),
        contract.request('GET', '/api/v1/%00'),
        contract.request('GET', '/api/v1/nodes').replace(contract.token, other),
        contract
          .request('GET', '/api/v1/secrets')
          .replace(contract.token, 'nobody'),
        contract.request('DELETE', '/api/v1/services/last', [
          'Connection: close',
        ]),
      ].join(''),
    );
    const upstream = await contract.api.connection();
    await upstream.receives('/api/v1/pods');
    upstream.write(rawAnswer('"pods"'));
    const nodes = await upstream.receives('/api/v1/nodes');
    expect(nodes).toContain('Impersonate-User: mallory');
    upstream.write(rawAnswer('"nodes"'));
    await upstream.receives('/api/v1/services/last');
    upstream.write(rawAnswer('"services"'));
    await client.isEnded();
    expect(client.text.match(/HTTP\/1\.1 \d+/g)).toEqual([
      'HTTP/1.1 200',
      'HTTP/1.1 400',
      'HTTP/1.1 200',
      'HTTP/1.1 401',
      'HTTP/1.1 200',
    ]);
    expect(client.text).toMatch(/"pods"[^]*"nodes"[^]*"services"/);
    expect(contract.api.requestCount).toBe(3);
    expect(contract.api.text).not.toContain('secrets');
  });

  it('go to the API server one after the other, since they may depend on each other', async () => {
    const client = await contract.connect();
    client.write(
      contract.request(
        'PUT',
        '/api/v1/namespaces/a/pods/x',
        ['Content-Length: 2'],
        '{}',
      ) + contract.request('DELETE', '/api/v1/namespaces/a/pods/x'),
    );
    const first = await contract.api.connection();
    await first.receives('{}');
    // Another client is served meanwhile.
    const other = await contract.send('GET', '/api/v1/pods');
    const second = await contract.api.connection(1);
    await second.receives('/api/v1/pods');
    second.write(rawAnswer('{}'));
    await other.receives('{}');
    expect(contract.api.text).not.toContain('DELETE');
    first.write(rawAnswer('{}'));
    await until(
      () => contract.api.text.includes('DELETE'),
      'the second request',
    );
  });

  it('are not taken without end', async () => {
    const client = await contract.send('GET', '/api/v1/pods?watch=1');
    const upstream = await contract.api.connection();
    await upstream.receives('\r\n\r\n');
    client.write(contract.request('GET', '/api/v1/pods').repeat(100));
    await client.isEnded();
    await upstream.isEnded();
    expect(contract.api.requestCount).toBe(1);
  });

  it('are dropped with the connection that they came on', async () => {
    const client = await contract.connect();
    client.write(
      contract.request('GET', '/api/v1/pods?watch=1') +
        contract.request('DELETE', '/api/v1/namespaces/a/pods/x'),
    );
    const upstream = await contract.api.connection();
    await upstream.receives('\r\n\r\n');
    client.reset();
    await upstream.isEnded();
    await contract.eventOf('/api/v1/pods?watch=1');
    expect(contract.api.requestCount).toBe(1);
  });
});
