import { existsSync } from 'node:fs';
import { AgentBinary } from './AgentBinary';
import { FaultRig } from './FaultRig';

jest.setTimeout(60_000);

describe('a proxy with two workers', () => {
  let binary: AgentBinary;
  let rig: FaultRig;

  const notReady = async () =>
    await rig.process.until(
      async () => (await rig.process.ask('/readyz'))?.ok === false,
      '/readyz to say it',
    );
  const post = async (namespace: string) =>
    await rig.call(`/api/v1/namespaces/${namespace}/pods`, { method: 'POST' });

  beforeAll(async () => {
    binary = await AgentBinary.create();
  });
  afterAll(() => binary.remove());
  beforeEach(async () => {
    rig = await FaultRig.create(binary, { config: { workers: 2 } });
  });
  afterEach(() => rig.stop());

  it('goes on when one is killed, starts it again, and loses nothing', async () => {
    const { workers } = await rig.start();
    expect(workers.length).toBe(2);
    await rig.gate.set('refused');
    for (let i = 0; i < 20; i++) {
      expect((await post(`before-${i}`)).status).toBe(201);
    }
    process.kill(workers[0], 'SIGKILL');
    await notReady();
    // The other one goes on; connections that the dead one held are gone.
    for (let i = 0; i < 20; i++) {
      const answer = await post(`during-${i}`).catch(() => post(`again-${i}`));
      expect(answer.status).toBe(201);
    }
    // Whoever asks for metrics while a worker starts does no harm.
    const scrapes = Array.from({ length: 5 }, () =>
      rig.process.ask('/metrics'),
    );
    expect((await Promise.all(scrapes)).every(scrape => scrape?.ok)).toBe(true);
    await rig.process.ready();
    expect(rig.process.workers.length).toBe(2);
    expect(rig.process.workers).not.toContain(workers[0]);

    await rig.gate.set(undefined);
    await rig.delivered();
    expect(rig.store.alarms).toEqual([]);
    expect(rig.store.spools.size).toBe(2);
    const rows = rig.store.rowsByNamespace();
    for (let i = 0; i < 20; i++) {
      expect(rows.get(`before-${i}`)).toMatchObject([{ statusCode: 201 }]);
      expect(rows.get(`during-${i}`) ?? rows.get(`again-${i}`)).toMatchObject([
        { statusCode: 201 },
      ]);
    }
  });

  it('starts one again with the configuration in force, whatever the file has become', async () => {
    const clusters = ['demo', 'later'].map(name => ({
      name,
      endpoint: rig.api.url,
    }));
    const reloads = (result: string) =>
      rig.process.metric(
        `kubernetes_audit_config_reloads_total\\{result="${result}"\\}`,
      );
    const { workers } = await rig.start();
    // What is reloaded, and what waits for the next start.
    rig.configure({
      workers: 2,
      clusters,
      server: {
        host: '127.0.0.1',
        port: 1,
        plainHttp: true,
        publicUrl: 'http://kubernetes.example.com',
      },
      stateDirectory: `${rig.stateDirectory}/other`,
    });
    rig.process.signal('SIGHUP');
    await rig.process.until(
      async () => (await reloads('success')) === 2,
      'the reload',
    );
    // Both are then such as were started again.
    for (const [index, pid] of workers.entries()) {
      rig.configure(
        index === 0 ? { workers: 0 } : { workers: 2, clusters: [] },
      );
      process.kill(pid, 'SIGKILL');
      await notReady();
      await rig.process.ready();
    }
    expect(rig.process.workers).toHaveLength(2);
    const statuses = Array.from({ length: 8 }, async () => {
      const answer = await fetch(
        `${rig.url.replace(/demo$/, 'later')}/api/v1/namespaces/dev/pods`,
        {
          headers: {
            authorization: `Bearer ${rig.token}`,
            connection: 'close',
          },
        },
      );
      await answer.arrayBuffer();
      return answer.status;
    });
    expect(await Promise.all(statuses)).toEqual(Array(8).fill(200));
    await rig.delivered();
    expect(rig.store.spools.size).toBe(2);
    expect(existsSync(`${rig.stateDirectory}/other`)).toBe(false);
    await rig.process.until(
      async () => ((await reloads('failure')) ?? 0) >= 2,
      'each of them to see that the file is wrong',
    );
  });

  it('waits for spools that workers of a killed one still hold', async () => {
    const { workers } = await rig.start();
    // A worker that cannot run cannot see that its primary is gone.
    process.kill(workers[0], 'SIGSTOP');
    await rig.process.kill();
    const next = rig.spawn();
    await next.until(
      () => next.log.includes('in use by another process'),
      'a worker to find its spool in use',
    );
    process.kill(workers[0], 'SIGKILL');
    await next.ready();
    expect((await post('call')).status).toBe(201);
  });

  it('ends in order when a service manager tells all its processes at once', async () => {
    const { workers } = await rig.start();
    await rig.gate.set('refused');
    expect((await post('call')).status).toBe(201);
    await rig.gate.set(undefined);
    workers.forEach(pid => process.kill(pid, 'SIGTERM'));
    rig.process.signal('SIGTERM');
    expect(await rig.process.exited).toBe(0);
    expect(rig.process.log).not.toContain('a worker died');
    expect(rig.store.rowsByNamespace().get('call')?.length).toBe(1);
  });
});
