import { until } from '../TestProxy';
import { Contract } from './Contract';
import type { RawConnection } from './RawConnection';

const WATCH = '/api/v1/pods?watch=1';
const EXEC = '/api/v1/namespaces/dev/pods/web/exec?command=sh&stdout=true';
const UPGRADE = ['Connection: Upgrade', 'Upgrade: SPDY/3.1'];
const SWITCHING = `HTTP/1.1 101 Switching Protocols\r\n${UPGRADE.join(
  '\r\n',
)}\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n`;

describe('when a credential is revoked', () => {
  let contract: Contract;

  beforeEach(async () => {
    contract = await Contract.start();
  });
  afterEach(async () => await contract.stop());

  async function watch(token: string): Promise<RawConnection> {
    const { length } = contract.api.connections;
    const client = await contract.connect();
    client.write(contract.request('GET', WATCH).replace(contract.token, token));
    const upstream = await contract.api.connection(length);
    await upstream.receives('\r\n\r\n');
    upstream.write(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n',
    );
    await client.receives('{}');
    return client;
  }

  async function exec(): Promise<RawConnection> {
    const { length } = contract.api.connections;
    const client = await contract.send('POST', EXEC, UPGRADE);
    const upstream = await contract.api.connection(length);
    await upstream.receives('\r\n\r\n');
    upstream.write(SWITCHING);
    await client.receives('\r\n\r\n');
    return client;
  }

  async function revocationInForce(): Promise<void> {
    const version = `policy_version ${contract.portal.bundleVersion}`;
    await until(async () => {
      const metrics = await fetch(`${contract.proxy.adminUrl}/metrics`);
      return (await metrics.text()).includes(version);
    }, 'the revocation');
  }

  const gone = (connection: RawConnection) =>
    until(() => connection.closed || connection.ended, 'the end');

  it('its watches and sessions end, and those of others go on', async () => {
    const other = await watch(
      await contract.portal.issue({ jti: 'credential-2' }),
    );
    const watching = await watch(contract.token);
    const session = await exec();
    contract.portal.setRevocations({
      credentials: ['credential-1'],
      users: [],
    });
    await Promise.all([gone(watching), gone(session)]);
    const ends = () =>
      contract.portal
        .events()
        .filter(({ message }) => message.includes('session ended'));
    await until(() => ends().length === 1, 'the row of the end');
    expect(ends()[0].message).toContain('the credential was revoked');
    expect(other.closed || other.ended).toBe(false);
  });

  it('later calls are refused, and their rows say whose they are and what they asked for', async () => {
    contract.portal.setRevocations({
      credentials: ['credential-1'],
      users: [],
    });
    await revocationInForce();
    const client = await contract.send('GET', '/api/v1/namespaces/dev/pods');
    await client.receives('401 Unauthorized');
    await until(() => contract.portal.events().length === 1, 'its row');
    expect(contract.portal.events()[0]).toMatchObject({
      result: 'failure',
      statusCode: 401,
      userEntityRef: 'user:default/guest',
      verb: 'list',
      resource: 'pods',
      namespace: 'dev',
    });
  });

  it('a session that begins in that moment ends, too', async () => {
    const client = await contract.send('POST', EXEC, UPGRADE);
    const upstream = await contract.api.connection();
    await upstream.receives('\r\n\r\n');
    contract.portal.setRevocations({
      credentials: ['credential-1'],
      users: [],
    });
    await revocationInForce();
    upstream.write(SWITCHING);
    await client.receives('101');
    await gone(client);
    await upstream.isEnded();
  });

  it('a session that waits for its API server does not begin', async () => {
    const client = await contract.send('POST', EXEC, UPGRADE);
    const upstream = await contract.api.connection();
    await upstream.receives('\r\n\r\n');
    contract.portal.setRevocations({
      credentials: [],
      users: [
        {
          entityRef: 'user:default/guest',
          issuedBefore: Math.floor(Date.now() / 1000) + 1,
        },
      ],
    });
    await gone(client);
    await upstream.isEnded();
    expect(await contract.eventOf(EXEC)).toMatchObject({ result: 'failure' });
  });
});
