import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Contract } from './contract/Contract';
import { RawConnection } from './contract/RawConnection';
import { TestProxy, until } from './TestProxy';

const EXEC = '/api/v1/namespaces/dev/pods/web/exec?command=sh&stdout=true';

describe('the end of a session', () => {
  let contract: Contract;
  let copy: string;
  let client: RawConnection;
  let upstream: RawConnection;

  const ledger = () => join(contract.proxy.stateDirectory, 'worker-1/sessions');
  const ends = () =>
    [...contract.portal.records.values()].filter(
      ({ sessionId, phase }) => sessionId && !phase,
    );
  /** Another proxy with what the first one left. */
  const comeBack = () =>
    TestProxy.start(contract.portal, {
      clusters: [{ name: 'demo', endpoint: contract.api.url }],
      stateDirectory: contract.proxy.stateDirectory,
    });

  beforeEach(async () => {
    copy = mkdtempSync(join(tmpdir(), 'ledger-'));
    contract = await Contract.start();
    client = await contract.send('POST', EXEC, [
      'Connection: Upgrade',
      'Upgrade: SPDY/3.1',
    ]);
    upstream = await contract.api.connection();
    await upstream.receives('\r\n\r\n');
    upstream.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n',
    );
    await client.receives('\r\n\r\n');
    cpSync(ledger(), copy, { recursive: true });
  });
  afterEach(async () => {
    await contract.stop();
    rmSync(contract.proxy.stateDirectory, { recursive: true, force: true });
    rmSync(copy, { recursive: true });
  });

  it('is one row when the proxy is killed after it wrote it and before it forgot the session', async () => {
    client.destroy();
    upstream.end();
    await until(() => ends().length === 1, 'the end');
    await contract.proxy.stop({ keepState: true });
    expect(readdirSync(ledger())).toEqual([]);
    cpSync(copy, ledger(), { recursive: true });

    const next = await comeBack();
    await until(() => ends().length === 2, 'the end to be said again');
    await next.stop({ keepState: true });
    const [first, second] = ends();
    expect(second).toMatchObject({
      id: first.id,
      sessionId: first.sessionId,
      message: 'session ended: the proxy stopped during the session',
    });
    expect(
      contract.portal
        .events()
        .map(({ message }) => message)
        .filter(message => message.startsWith('session ended')),
    ).toEqual([first.message]);
    expect(readdirSync(ledger())).toEqual([]);
  });

  it('is one row when the end of its recording cannot be written', async () => {
    const recordings = join(
      contract.proxy.stateDirectory,
      'worker-1/recordings',
    );
    const [id] = readdirSync(recordings);
    mkdirSync(join(recordings, id, 'journal-0'));
    client.destroy();
    upstream.end();
    await until(() => ends().length > 0, 'the end');
    await contract.proxy.stop({ keepState: true });
    expect(ends()).toMatchObject([
      { message: expect.stringMatching(/: the client closed the connection$/) },
    ]);
  });

  it('is written when the proxy comes back that was killed during the session', async () => {
    // The ends that it writes while it stops are never delivered.
    contract.portal.outage = 503;
    await contract.proxy.stop({ keepState: true });
    rmSync(join(contract.proxy.stateDirectory, 'worker-1/spool'), {
      recursive: true,
    });
    cpSync(copy, ledger(), { recursive: true });
    contract.portal.outage = undefined;

    const next = await comeBack();
    await until(() => ends().length === 1, 'the end');
    await next.stop({ keepState: true });
    expect(ends()).toMatchObject([
      {
        result: 'failure',
        message: 'session ended: the proxy stopped during the session',
        resource: 'pods/exec',
      },
    ]);
  });
});
