import { AgentBinary } from './AgentBinary';
import { ExecSession } from './ExecSession';
import { FaultRig } from './FaultRig';
import { SmallDisk } from './SmallDisk';

jest.setTimeout(60_000);

const MEBIBYTE = 1024 * 1024;

const isMountPermitted = (() => {
  const disk = SmallDisk.mount(MEBIBYTE);
  disk?.unmount();
  if (!disk) {
    console.info('faults of the disk are skipped: mounting is not permitted');
  }
  return disk !== undefined;
})();

(isMountPermitted ? describe : describe.skip)('a disk', () => {
  let binary: AgentBinary;
  let disk: SmallDisk;
  let rig: FaultRig;

  const setUp = async (
    bytes: number,
    config?: NonNullable<Parameters<typeof FaultRig.create>[1]>['config'],
  ) => {
    disk = SmallDisk.mount(bytes) as SmallDisk;
    rig = await FaultRig.create(binary, { stateDirectory: disk.path, config });
  };
  const post = (namespace: string, note = '') =>
    rig.call(`/api/v1/namespaces/${namespace}/pods`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'Pod', metadata: { name: 'web' }, note }),
    });
  /** A command that prints all the time, or that prints something and waits. */
  const openSession = async (namespace: string, wait = false) => {
    const outputBytes = wait ? 100 : 1e9;
    const session = ExecSession.open({
      port: rig.port,
      token: rig.token,
      pod: `${namespace}/pods/web`,
      outputBytes,
      wait,
    });
    await rig.process.until(
      () => session.outputBytes >= 100,
      'the session to run',
    );
    return session;
  };

  beforeAll(async () => {
    binary = await AgentBinary.create();
  });
  afterAll(() => binary.remove());
  afterEach(async () => {
    await rig.stop();
    disk.unmount();
  });

  it('that is full closes the proxy, which says why everywhere and opens by itself when there is room', async () => {
    await setUp(24 * MEBIBYTE);
    const process = await rig.start();
    const session = await openSession('session');
    const waiting = await openSession('waiting', true);
    disk.fill();
    let answer = await post('call-0');
    for (let i = 1; answer.status !== 503; i++) {
      // The last page of a file may have room for a few.
      answer = await post(`call-${i}`);
    }
    await Promise.all([session.ended, waiting.ended]);
    expect(waiting.words).toMatch(
      /session ended by the audit proxy: .*no space left on device/,
    );
    expect(await answer.json()).toMatchObject({
      kind: 'Status',
      status: 'Failure',
      reason: 'ServiceUnavailable',
      message: expect.stringMatching(/audit spool.*no space left on device/),
    });
    const readiness = await process.ask('/readyz');
    expect(readiness?.ok).toBe(false);
    expect(readiness?.text).toMatch(/\[-\] spool: .*no space left on device/);

    disk.free();
    await process.ready();
    expect((await post('after')).status).toBe(201);
    await rig.delivered();
    const rows = rig.store.rowsByNamespace();
    expect(rows.get('after')).toMatchObject([{ statusCode: 201 }]);
    for (const { namespace, outputBytes } of [
      { namespace: 'session', outputBytes: session.outputBytes },
      { namespace: 'waiting', outputBytes: waiting.outputBytes },
    ]) {
      const [start, end] = rows.get(namespace) ?? [];
      expect(start.message).toBe('session started');
      expect(end.message).toContain('no space left on device');
      const recording = rig.store.recordings.get(start.recordingId ?? '');
      expect(recording?.completion?.statusReason ?? 'complete').toMatch(
        /complete|no space left/,
      );
      expect(recording?.outputBytes).toBeGreaterThanOrEqual(outputBytes);
    }
    expect(rig.store.alarms).toEqual([]);
  });

  it('that is full when the proxy starts keeps it closed, and it delivers what it has', async () => {
    await setUp(24 * MEBIBYTE);
    await rig.start();
    await rig.gate.set('refused');
    const session = await openSession('session');
    expect((await post('before')).status).toBe(201);
    await rig.process.kill();
    await session.ended;
    disk.fill();

    await rig.gate.set(undefined);
    const process = rig.spawn();
    await process.until(
      async () =>
        /\[-\] spool: .*no space left/.test(
          (await process.ask('/readyz'))?.text ?? '',
        ),
      'the proxy to say that it is closed',
    );
    await process.until(
      () => rig.store.rowsByNamespace().has('before'),
      'the record to be delivered',
    );
    disk.free();
    await process.ready();
    await rig.delivered();
    expect(
      rig.store
        .rowsByNamespace()
        .get('session')
        ?.map(row => row.message),
    ).toEqual([
      'session started',
      'session ended: the proxy stopped during the session',
    ]);
    const [recording] = rig.store.recordings.values();
    expect(recording.completion?.status).toBe('recovered');
    expect(recording.outputBytes).toBeGreaterThanOrEqual(session.outputBytes);
    expect(rig.store.alarms).toEqual([]);
  });

  it('that the spool itself has filled is emptied when the portal is back', async () => {
    await setUp(3 * MEBIBYTE);
    const process = await rig.start();
    await rig.gate.set('refused');
    let answered = 0;
    while ((await post(`call-${answered}`, 'x'.repeat(4000))).status !== 503) {
      answered++;
    }
    expect(answered).toBeGreaterThan(100);
    await rig.gate.set(undefined);
    await process.ready();
    await rig.delivered();
    const rows = rig.store.rowsByNamespace();
    for (let i = 0; i < answered; i++) {
      expect(rows.get(`call-${i}`)).toMatchObject([{ statusCode: 201 }]);
    }
    expect((await post('after', 'x'.repeat(4000))).status).toBe(201);
    expect(rig.store.alarms).toEqual([]);
  });

  it('that the recordings themselves have filled is emptied when the portal is back', async () => {
    await setUp(16 * MEBIBYTE);
    const process = await rig.start();
    await rig.gate.set('refused');
    const sessions = await Promise.all(
      Array.from({ length: 4 }, (_, i) => openSession(`session-${i}`)),
    );
    // What is put aside for the ends of sessions stays.
    disk.fill();
    await Promise.all(sessions.map(session => session.ended));
    await rig.gate.set(undefined);
    await process.until(
      () =>
        rig.store.recordings.size === 4 &&
        [...rig.store.recordings.values()].every(item => item.completion),
      'the recordings to be finished and delivered, though the disk is full',
    );
    for (const recording of rig.store.recordings.values()) {
      const session = sessions[Number(recording.header?.namespace.slice(8))];
      expect(recording.outputBytes).toBeGreaterThanOrEqual(session.outputBytes);
    }
    expect(rig.store.alarms).toEqual([]);
  });

  it('that becomes read-only closes the proxy until it is writable again', async () => {
    // What is open already can still be written here, so the spool comes to know
    // of it with its next segment: a small spool has small ones.
    await setUp(24 * MEBIBYTE, { spool: { maxBytes: MEBIBYTE } });
    const process = await rig.start();
    const session = await openSession('session', true);
    disk.makeReadOnly();
    await process.until(
      async () => (await post('closed', 'x'.repeat(4000))).status === 503,
      'the proxy to close',
    );
    const answer = await post('closed');
    expect((await answer.json()).message).toContain('read-only file system');
    expect((await process.ask('/readyz'))?.text).toMatch(
      /\[-\] spool: .*read-only file system/,
    );
    await session.ended;
    expect(session.words).toContain('read-only file system');
    disk.makeWritable();
    await process.ready();
    expect((await post('after')).status).toBe(201);
    await rig.delivered();
    const [recording] = rig.store.recordings.values();
    expect(recording.outputBytes).toBeGreaterThanOrEqual(session.outputBytes);
    expect(rig.store.alarms).toEqual([]);
  });

  it('that is read-only from the start is an error that names the place', async () => {
    await setUp(24 * MEBIBYTE);
    await rig.start();
    await rig.process.kill();
    disk.makeReadOnly();
    const process = rig.spawn();
    expect(await process.exited).toBe(1);
    expect(process.log).toMatch(/read-only file system, .*worker-1/);
    disk.makeWritable();
    await rig.start();
  });
});
