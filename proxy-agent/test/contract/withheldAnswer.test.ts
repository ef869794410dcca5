import { Contract } from './Contract';
import { rawAnswer } from './RawApiServer';

const PODS = '/api/v1/namespaces/dev/pods';
const EXEC = `${PODS}/web/exec?command=sh&stdout=true`;
const SPDY = [
  'Connection: Upgrade',
  'Upgrade: SPDY/3.1',
  'X-Stream-Protocol-Version: v4.channel.k8s.io',
];
const FULL = 'the audit spool has reached its limit of 65536 bytes';
const WITHHELD = `the call was sent to the cluster, but its outcome cannot be audited, so its answer is withheld: ${FULL}`;

describe('when the spool closes while a call is under way', () => {
  let contract: Contract;

  beforeEach(async () => {
    contract = await Contract.start({ spool: { maxBytes: 65_536 } });
    contract.portal.onIngest = () => ({ status: 503, body: {} });
  });
  afterEach(async () => await contract.stop());

  /** Rows of refused calls, until there is no room for another. */
  const fillSpool = async () => {
    const client = await contract.connect();
    for (let i = 1; !client.text.includes(FULL); i++) {
      client.write(
        contract.request('GET', `/api/v1/%00?n=${'x'.repeat(4000)}`),
      );
      await client.receives(new RegExp(`(HTTP/1.1 [^]*){${i}}"code":\\d+}$`));
    }
  };

  it('one that was not forwarded says so', async () => {
    const client = await contract.send(
      'POST',
      PODS,
      ['Content-Length: 2', 'Content-Type: application/json'],
      '{',
    );
    await fillSpool();
    client.write('}');
    expect(await client.receives('"code":503}')).toContain(
      `"message":"the call cannot be audited, so it is not forwarded: ${FULL}"`,
    );
    expect(contract.api.requestCount).toBe(0);
  });

  it.each([
    ['reads', 'GET', '200 OK', [], ''],
    ['changes something', 'POST', '201 Created', ['Content-Length: 2'], '{}'],
    ['fails', 'GET', '404 Not Found', [], ''],
  ])(
    'one that %s gets no answer, and is told that it was sent',
    async (_, method, status, headers, body) => {
      const client = await contract.send(method, PODS, headers, body);
      const upstream = await contract.api.connection();
      await upstream.receives('\r\n\r\n');
      await fillSpool();
      upstream.write(rawAnswer('{"answer":true}', { status }));
      const text = await client.receives('"code":503}');
      expect(text).toContain(`"message":"${WITHHELD}"`);
      expect(text).toContain('HTTP/1.1 503 Service Unavailable\r\n');
      expect(text).not.toContain('answer":true');
    },
  );

  it('one that the API server does not answer is told that it was sent', async () => {
    const client = await contract.send(
      'POST',
      PODS,
      ['Content-Length: 2'],
      '{}',
    );
    const upstream = await contract.api.connection();
    await upstream.receives('\r\n\r\n{}');
    await fillSpool();
    upstream.reset();
    expect(await client.receives('"code":503}')).toContain(WITHHELD);
  });

  it.each([
    [
      'accepted',
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\nunseen',
    ],
    ['refused', rawAnswer('{"message":"unseen"}', { status: '403 Forbidden' })],
  ])(
    'a session that the API server has %s does not begin, and is told that it was sent',
    async (_, answer) => {
      const client = await contract.send('POST', EXEC, SPDY);
      const upstream = await contract.api.connection();
      await upstream.receives('\r\n\r\n');
      await fillSpool();
      upstream.write(answer);
      const text = await client.receives('"code":503}');
      expect(text).toContain(WITHHELD);
      expect(text).not.toContain('unseen');
    },
  );
});
