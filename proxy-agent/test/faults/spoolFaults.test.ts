import {
  appendFileSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { decodeSpoolRecords } from '../../src/spool';
import { AgentBinary } from './AgentBinary';
import { ExecSession } from './ExecSession';
import { FaultRig } from './FaultRig';

jest.setTimeout(60_000);

const post = (rig: FaultRig, namespace: string, note = '') =>
  rig.call(`/api/v1/namespaces/${namespace}/pods`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'Pod', metadata: { name: 'web' }, note }),
  });

describe('a spool', () => {
  let binary: AgentBinary;
  let rig: FaultRig;

  const spoolDirectory = () => join(rig.stateDirectory, 'worker-1/spool');
  const lastSegment = () =>
    join(
      spoolDirectory(),
      readdirSync(spoolDirectory())
        .filter(name => name.endsWith('.segment'))
        .sort()
        .at(-1) ?? '',
    );
  /** Calls that are answered while the portal is away; then the proxy is killed. */
  const killWithRecords = async (calls: number) => {
    await rig.start();
    await rig.gate.set('refused');
    for (let i = 0; i < calls; i++) {
      expect((await post(rig, `call-${i}`)).status).toBe(201);
    }
    await rig.process.kill();
  };

  beforeAll(async () => {
    binary = await AgentBinary.create();
  });
  afterAll(() => binary.remove());
  afterEach(() => rig.stop());

  it('that was torn in the middle of a write goes on behind its last whole record', async () => {
    rig = await FaultRig.create(binary);
    await killWithRecords(5);
    const { payloads } = decodeSpoolRecords(readFileSync(lastSegment()));
    expect(payloads.length).toBe(10);
    // The beginning of what would have been the next record.
    appendFileSync(lastSegment(), readFileSync(lastSegment()).subarray(0, 100));

    await rig.gate.set(undefined);
    await rig.start();
    expect((await post(rig, 'call-5')).status).toBe(201);
    await rig.delivered();
    expect(rig.store.alarms).toEqual([]);
    expect(rig.store.rows.size).toBe(6);
    const [spool] = rig.store.spools.values();
    expect(spool.count).toBe(12);
    expect(spool.missing).toBe(0);
  });

  it('that is damaged in the middle delivers the rest and shows the gap', async () => {
    rig = await FaultRig.create(binary);
    await killWithRecords(20);
    const bytes = readFileSync(lastSegment());
    const seventh = bytes.indexOf('"sequence":7,');
    bytes.fill(0, seventh - 4, seventh + 30);
    writeFileSync(lastSegment(), bytes);

    await rig.gate.set(undefined);
    await rig.start();
    expect((await post(rig, 'call-20')).status).toBe(201);
    await rig.delivered();
    const [spool] = rig.store.spools.values();
    expect(spool.givenUp).toEqual([{ firstSequence: 7, lastSequence: 7 }]);
    expect(spool.count).toBe(41);
    // Of the call, the outcome is left; its attempt was what was damaged.
    expect(rig.store.rows.size).toBe(21);
    expect(rig.store.alarms).toEqual([]);
  });

  it('that has reached its limit closes the proxy, says why everywhere, and opens it when the portal is back', async () => {
    rig = await FaultRig.create(binary, {
      config: { spool: { maxBytes: '64Ki' } },
    });
    const process = await rig.start();
    const session = ExecSession.open({
      port: rig.port,
      token: rig.token,
      pod: 'session/pods/web',
      outputBytes: 100,
      wait: true,
    });
    await process.until(
      () => session.outputBytes === 100,
      'the session to run',
    );
    await rig.gate.set('refused');

    let answered = 0;
    let answer = await post(rig, `call-${answered}`);
    while (answer.status === 201) {
      answered++;
      answer = await post(rig, `call-${answered}`, 'x'.repeat(3000));
    }
    const reason = 'the audit spool has reached its limit of 65536 bytes';
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      kind: 'Status',
      reason: 'ServiceUnavailable',
      message: expect.stringContaining(reason),
    });
    expect((await process.ask('/readyz'))?.text).toContain(
      `[-] spool: ${reason}`,
    );
    await session.ended;
    expect(session.words).toContain(
      `session ended by the audit proxy: ${reason}`,
    );

    await rig.gate.set(undefined);
    await process.ready();
    expect((await post(rig, 'after')).status).toBe(201);
    await rig.delivered();
    const rows = rig.store.rowsByNamespace();
    for (let i = 0; i < answered; i++) {
      expect(rows.get(`call-${i}`)).toMatchObject([{ statusCode: 201 }]);
    }
    expect(rows.get('session')?.map(row => row.message)).toEqual([
      'session started',
      expect.stringContaining(reason),
    ]);
    const [recording] = rig.store.recordings.values();
    expect(recording.outputBytes).toBeGreaterThanOrEqual(session.outputBytes);
    expect(rig.store.alarms).toEqual([]);
  });

  it('that another process uses is left alone, and the refusal names it', async () => {
    rig = await FaultRig.create(binary);
    const first = await rig.start();
    const second = rig.spawn();
    expect(await second.exited).toBe(1);
    expect(second.log).toMatch(/worker-1 is in use by another process/);
    expect((await post(rig, 'call')).status).toBe(201);
    await first.kill();
  });
});
