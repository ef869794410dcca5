import { AgentBinary } from './AgentBinary';
import { FaultRig } from './FaultRig';

jest.setTimeout(60_000);

describe('a portal that is away', () => {
  let binary: AgentBinary;
  let rig: FaultRig;

  const get = (namespace: string) =>
    rig.call(`/api/v1/namespaces/${namespace}/pods`);

  beforeAll(async () => {
    binary = await AgentBinary.create();
  });
  afterAll(() => binary.remove());
  beforeEach(async () => {
    rig = await FaultRig.create(binary);
  });
  afterEach(() => rig.stop());

  it('at a start leaves the policy that is cached in force, which /readyz says', async () => {
    await rig.start();
    await rig.process.kill();
    await rig.gate.set('refused');

    const process = await rig.start();
    expect((await process.ask('/readyz'))?.text).toContain(
      '[+] policy: from the cache; the portal has not confirmed it yet',
    );
    expect((await get('call')).status).toBe(200);
    expect((await get('denied-call')).status).toBe(403);

    await rig.gate.set(undefined);
    await process.until(
      async () =>
        /\[\+\] policy\n/.test((await process.ask('/readyz'))?.text ?? ''),
      'the portal to confirm the policy',
    );
    await rig.delivered();
    expect([...rig.store.rowsByNamespace().keys()]).toEqual([
      'call',
      'denied-call',
    ]);
  });

  it('at the very first start leaves the proxy closed until it comes', async () => {
    await rig.gate.set('hanging');
    const process = rig.spawn();
    await process.until(
      async () => (await process.ask('/readyz'))?.ok === false,
      'the proxy to answer',
    );
    const answer = await get('call');
    expect(answer.status).toBe(503);
    expect((await answer.json()).message).toContain(
      'the proxy has no policy yet',
    );
    await rig.gate.set(undefined);
    await process.ready();
    expect((await get('call')).status).toBe(200);
  });

  it.each(['hanging', 'answer lost', 'error', 'slow'] as const)(
    '(%s) holds up no call, and what waited is delivered once',
    async fault => {
      const process = await rig.start();
      await rig.gate.set(fault);
      for (let i = 0; i < 20; i++) {
        expect((await get(`call-${i}`)).status).toBe(200);
      }
      await rig.gate.set(undefined);
      await rig.delivered();
      expect(rig.store.rows.size).toBe(20);
      expect(rig.store.alarms).toEqual([]);
      process.signal('SIGTERM');
      expect(await process.exited).toBe(0);
    },
  );

  it('does not keep a proxy that is asked to end', async () => {
    const process = await rig.start();
    await rig.gate.set('hanging');
    expect((await get('call')).status).toBe(200);
    process.signal('SIGTERM');
    expect(await process.exited).toBe(0);

    await rig.gate.set(undefined);
    await rig.start();
    await rig.delivered();
    expect(rig.store.rows.size).toBe(1);
  });
});
