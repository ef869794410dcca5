import { until } from '../TestProxy';
import { Contract } from './Contract';
import { RawConnection } from './RawConnection';

const EXEC = '/api/v1/namespaces/dev/pods/web/exec?command=sh&stdout=true';
const FORWARD = '/api/v1/namespaces/dev/pods/web/portforward';
const SPDY = [
  'Connection: Upgrade',
  'Upgrade: SPDY/3.1',
  'X-Stream-Protocol-Version: v4.channel.k8s.io',
];
const SWITCHING =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n';

describe('a user who may have two sessions', () => {
  let contract: Contract;

  beforeEach(async () => {
    contract = await Contract.start({ limits: { sessionsPerUser: 2 } });
  });
  afterEach(async () => await contract.stop());

  /** Asks for a session that reaches the API server. */
  const ask = async (path = EXEC) => {
    const index = contract.api.connections.length;
    const client = await contract.send('POST', path, SPDY);
    const upstream = await contract.api.connection(index);
    await upstream.receives('\r\n\r\n');
    return { client, upstream };
  };
  const open = async (path?: string) => {
    const session = await ask(path);
    session.upstream.write(SWITCHING);
    await session.client.receives('101 Switching Protocols');
    return session;
  };
  const end = async ({
    client,
    upstream,
  }: Record<'client' | 'upstream', RawConnection>) => {
    upstream.end();
    client.end();
    await client.isClosed();
  };
  /** Asks for a session until the proxy has room for it. */
  const openAgain = async () => {
    let session: RawConnection;
    const index = contract.api.connections.length;
    await until(async () => {
      session = await contract.send('POST', EXEC, SPDY);
      await until(
        () => session.ended || contract.api.connections.length > index,
        'an answer or a call of the API server',
      );
      return contract.api.connections.length > index;
    }, 'room for another session');
  };

  it('is refused the third, with a Status that names the limit, and a row', async () => {
    await open();
    // One that waits for the API server counts as well.
    await ask(FORWARD);
    const path = `${EXEC}&third=true`;
    const client = await contract.send('POST', path, SPDY);
    await client.isEnded();
    expect(client.text).toMatch(/^HTTP\/1\.1 429 Too Many Requests\r\n/);
    const message =
      'guest has 2 sessions open, and one user may have no more on this proxy (limits.sessionsPerUser); end one and try again';
    expect(
      JSON.parse(client.text.slice(client.text.indexOf('{'))),
    ).toMatchObject({
      kind: 'Status',
      reason: 'TooManyRequests',
      code: 429,
      message,
    });
    expect(contract.api.connections).toHaveLength(2);
    const row = await contract.eventOf(path);
    expect(row).toMatchObject({
      result: 'failure',
      statusCode: 429,
      message,
      verb: 'create',
      resource: 'pods/exec',
      resourceName: 'web',
    });
    expect(row).not.toHaveProperty('sessionId');
  });

  it('takes nothing from others, nor from calls', async () => {
    await open();
    await open();
    const token = await contract.portal.issue({
      sub: 'user:default/jane',
      kubernetesUser: 'jane',
    });
    const other = await contract.connect();
    other.write(
      contract.request('POST', EXEC, SPDY).replace(contract.token, token),
    );
    expect(
      await (await contract.api.connection(2)).receives('\r\n\r\n'),
    ).toMatch(/impersonate-user: jane/i);
    await contract.send('GET', '/api/v1/pods');
    await contract.api.connection(3);
  });

  it.each([
    ['has ended', async () => await end(await open())],
    [
      'the API server has refused',
      async () => {
        const { client, upstream } = await ask();
        upstream.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
        await client.isEnded();
      },
    ],
    [
      'was given up',
      async () => {
        const { client, upstream } = await ask();
        client.destroy();
        await upstream.isEnded();
      },
    ],
    [
      'nothing could read along',
      async () => {
        const { client, upstream } = await ask();
        upstream.write(SWITCHING.replace('v4.', 'v9.'));
        await client.isEnded();
      },
    ],
  ])('has a place again for one that %s', async (_, come) => {
    await open();
    for (let i = 0; i < 3; i++) {
      await come();
    }
    await openAgain();
  });
});
