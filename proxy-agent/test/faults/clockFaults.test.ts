import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentBinary } from './AgentBinary';
import { ExecSession } from './ExecSession';
import { FaultRig } from './FaultRig';

jest.setTimeout(60_000);

const HOUR_MS = 3_600_000;

describe('a clock', () => {
  let binary: AgentBinary;
  let rig: FaultRig;
  let directory: string;

  beforeAll(async () => {
    binary = await AgentBinary.create();
  });
  afterAll(() => binary.remove());
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'clock-'));
    rig = await FaultRig.create(binary);
  });
  afterEach(async () => {
    await rig.stop();
    rmSync(directory, { recursive: true });
  });

  it.each([
    ['back', -HOUR_MS],
    ['ahead', HOUR_MS / 12],
  ])('that jumps %s loses no record and ends no session', async (_, jump) => {
    const file = join(directory, 'offset');
    writeFileSync(file, '0');
    const process = await rig.start({
      NODE_OPTIONS: `--require ${join(__dirname, 'shiftClock.cjs')}`,
      CLOCK_OFFSET_FILE: file,
    });
    const session = ExecSession.open({
      port: rig.port,
      token: rig.token,
      pod: 'session/pods/web',
      outputBytes: 1e9,
    });
    await process.until(() => session.outputBytes > 0, 'the session to run');
    const call = (i: number) =>
      rig.call(`/api/v1/namespaces/call-${i}/pods`, { method: 'POST' });
    // Some of these are on their way when the clock jumps.
    const calls = Array.from({ length: 200 }, async (__, i) => {
      if (i === 50) {
        writeFileSync(file, `${jump}`);
      }
      return (await call(i)).status;
    });
    expect(new Set(await Promise.all(calls))).toEqual(new Set([201]));
    const before = session.outputBytes;
    await process.until(
      () => session.outputBytes > before + 100_000,
      'the session to go on',
    );
    expect((await call(200)).status).toBe(201);
    expect((await process.ask('/readyz'))?.ok).toBe(true);
    session.hangUp();
    await rig.delivered();
    expect(rig.store.alarms).toEqual([]);
    const rows = rig.store.rowsByNamespace();
    for (let i = 0; i <= 200; i++) {
      expect(rows.get(`call-${i}`)).toMatchObject([{ statusCode: 201 }]);
    }
    expect(rows.get('session')?.length).toBe(2);
    const [recording] = rig.store.recordings.values();
    expect(recording.completion?.status).toBe('complete');
    expect(recording.completion?.durationMs).toBeLessThan(HOUR_MS / 60);
    expect(recording.outputBytes).toBeGreaterThanOrEqual(session.outputBytes);
  });
});
