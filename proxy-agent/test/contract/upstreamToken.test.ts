import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../TestProxy';
import { Contract } from './Contract';
import { rawAnswer, RawApiServer } from './RawApiServer';

describe('the token file of a cluster', () => {
  let directory: string;
  let tokenFile: string;
  let contract: Contract;
  let answer: string;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'token-'));
    tokenFile = join(directory, 'token');
    writeFileSync(tokenFile, 'first\n');
    answer = rawAnswer('{}');
    const api = await RawApiServer.start({
      onConnection: connection => {
        connection.socket.on('data', () => connection.write(answer));
      },
    });
    contract = await Contract.start({
      api,
      clusters: [{ name: 'demo', endpoint: api.url, tokenFile }],
    });
  });
  afterEach(async () => {
    await contract.stop();
    rmSync(directory, { recursive: true });
  });

  const call = async () => {
    const client = await contract.send('GET', '/api', ['Connection: close']);
    await client.isEnded();
    return client.text;
  };

  it('is read again when it changes', async () => {
    await call();
    expect(contract.api.text).toContain('Authorization: Bearer first\r\n');
    writeFileSync(tokenFile, 'second\n');
    await until(async () => {
      await call();
      return contract.api.text.includes('Authorization: Bearer second\r\n');
    }, 'the new token to be used');
  });

  it('that the API server does not accept any more is counted', async () => {
    answer = rawAnswer('{}', {
      status: '401 Unauthorized',
      headers: ['Connection: close'],
    });
    expect(await call()).toMatch(/^HTTP\/1\.1 401 /);
    const session = await contract.send(
      'POST',
      '/api/v1/namespaces/dev/pods/web/exec',
      ['Connection: Upgrade', 'Upgrade: SPDY/3.1'],
    );
    await session.receives('HTTP/1.1 401 ');
    const metrics = await fetch(`${contract.proxy.adminUrl}/metrics`);
    expect(await metrics.text()).toContain(
      'kubernetes_audit_upstream_unauthorized_total{cluster="demo"} 2\n',
    );
  });

  it('that cannot be read is a 502, with a row', async () => {
    await call();
    rmSync(tokenFile);
    await until(
      async () => /^HTTP\/1\.1 502 /.test(await call()),
      'the call to fail',
    );
    expect(await call()).toContain('the credential for it cannot be read');
    const { text } = contract.api;
    const session = await contract.send(
      'POST',
      '/api/v1/namespaces/dev/pods/web/exec',
      ['Connection: Upgrade', 'Upgrade: SPDY/3.1'],
    );
    await session.isEnded();
    expect(session.text).toMatch(/^HTTP\/1\.1 502 /);
    expect(
      await contract.eventOf('/api/v1/namespaces/dev/pods/web/exec'),
    ).toMatchObject({ result: 'failure', statusCode: 502 });
    expect(contract.api.text).toBe(text);
  });
});
