import { AdminServer, Readiness } from './AdminServer';

describe('AdminServer', () => {
  let admin: AdminServer;
  let conditions: Readiness[];
  let metrics: () => Promise<string>;

  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${admin.port}${path}`);
    return [answer.status, await answer.text()];
  };

  beforeEach(async () => {
    conditions = [{ name: 'spool', ready: true }];
    metrics = async () => 'a 1\n';
    admin = AdminServer.fromConfig(
      { host: '127.0.0.1', port: 0 },
      { readiness: () => conditions, metrics: () => metrics() },
    );
    await admin.listen();
  });
  afterEach(() => admin.close());

  it('is ready when each condition holds, and says which does not', async () => {
    expect(await ask('/readyz')).toEqual([200, '[+] spool\n']);
    conditions.push({ name: 'policy', ready: false, detail: 'too old' });
    expect(await ask('/readyz')).toEqual([
      503,
      '[+] spool\n[-] policy: too old\n',
    ]);
  });

  it('outlives metrics that cannot be told', async () => {
    expect(await ask('/metrics')).toEqual([200, 'a 1\n']);
    metrics = async () => {
      throw new Error('no such thing');
    };
    expect(await ask('/metrics')).toEqual([500, 'no such thing\n']);
    expect(await ask('/healthz')).toEqual([200, 'ok\n']);
  });
});
