import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { decodeFrames } from 'backstage-plugin-kubernetes-audit-common';
import { AGENT_ID, AGENT_TOKEN, IngestCall, TestPortal } from './TestPortal';
import { until } from './TestProxy';
import { SessionRecording } from '../src/recording';
import { RecordingStore } from '../src/spool';
import { PortalClient, RecordingDelivery } from '../src/delivery';

const MEBIBYTE = 1024 * 1024;

describe('RecordingDelivery', () => {
  let root: string;
  let portal: TestPortal;
  let client: PortalClient;
  let store: RecordingStore;
  let delivery: RecordingDelivery;
  let calls: string[];
  let answer: (call: IngestCall) => number;

  /** A recording that goes on. */
  const start = () => {
    const id = uuidv7();
    const recording = SessionRecording.start({
      store,
      maxBytes: 100 * MEBIBYTE,
      header: {
        id,
        sessionId: uuidv7(),
        name: 'guest_20261122T014741Z',
        startedAt: '2026-11-22T01:47:41.000Z',
        userName: 'guest',
        clientIp: '127.0.0.1',
        clusterName: 'demo',
        namespace: 'dev',
        podName: 'web',
        kind: 'exec',
        command: ['sh'],
        tty: true,
        connectedFrom: 'Proxy',
      },
      onFrame: () => delivery.wake(),
      onFailure: () => {},
    });
    return { id, recording };
  };

  /** A recording of some frames that has ended. */
  const record = async (frames: number): Promise<string> => {
    const { id, recording } = start();
    for (let i = 0; i < frames; i++) {
      recording.append('output', Buffer.alloc(300 * 1024, `${i}`));
    }
    await recording.finish({ exitCode: 0, reason: 'the command ended' });
    return id;
  };

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'delivery-'));
    portal = await TestPortal.start([]);
    calls = [];
    answer = () => 200;
    portal.onIngest = call => {
      calls.push(call.path.replace('/v1/ingest/recordings/', ''));
      return { status: answer(call), body: {} };
    };
    client = PortalClient.fromConfig({
      agentId: AGENT_ID,
      url: portal.url,
      token: AGENT_TOKEN,
    });
    store = RecordingStore.open({ root, maxBytes: 100 * MEBIBYTE });
    delivery = RecordingDelivery.create({
      portal: client,
      store,
      logger: pino({ level: 'silent' }),
    });
  });
  afterEach(async () => {
    await delivery.stop();
    await client.close();
    await portal.stop();
    rmSync(root, { recursive: true });
  });

  it('delivers each chunk once and the completion, and forgets the recording', async () => {
    const id = await record(2);
    delivery.start();
    await until(() => store.list().length === 0, 'the delivery');
    expect(calls).toEqual([`${id}/chunks/0`, `${id}/complete`]);
    expect(store.bytes).toBe(0);
  });

  it('sends the frames of a session that prints much some at a time', async () => {
    const id = await record(9);
    const frames: number[] = [];
    answer = ({ path, body }) => {
      if (!path.endsWith('/complete')) {
        frames.push(decodeFrames(body).length);
      }
      return 200;
    };
    delivery.start();
    await until(() => store.list().length === 0, 'the delivery');
    // The last one says how it ended.
    expect(frames).toEqual([4, 4, 2]);
    expect(calls.at(-1)).toBe(`${id}/complete`);
  });

  it('sends what waits for more when no more comes', async () => {
    const { recording } = start();
    recording.append('output', Buffer.alloc(300 * 1024, 'x'));
    delivery.start();
    await until(() => calls.length > 0, 'the frame of a running session');
    await recording.finish({ exitCode: 0, reason: 'the command ended' });
    await until(() => store.list().length === 0, 'the delivery');
    expect(calls).toHaveLength(3);
  });

  it('goes on behind a chunk that the portal has with fewer frames', async () => {
    const id = await record(5);
    const file = readFileSync(join(root, id, 'frames'));
    const all = decodeFrames(file);
    const stored = file.subarray(0, all[0].totalBytes + all[1].totalBytes);
    const bodies: Buffer[] = [];
    answer = ({ path, body }) => {
      if (path.endsWith('/chunks/0') && !body.equals(stored)) {
        return 409;
      }
      if (!path.endsWith('/complete')) {
        bodies.push(body);
      }
      return 200;
    };
    delivery.start();
    await until(() => store.list().length === 0, 'the delivery');
    expect(Buffer.concat(bodies).equals(file)).toBe(true);
    expect(bodies[0].equals(stored)).toBe(true);
  });

  it('comes to an end on a disk on which it cannot note how far it is', async () => {
    const id = await record(2);
    mkdirSync(join(root, id, 'uploaded.json.tmp'));
    delivery.start();
    await until(() => store.list().length === 0, 'the delivery');
    expect(new Set(calls).size).toBe(calls.length);
  });

  it('is not held up by a recording that the portal refuses', async () => {
    const refused = await record(1);
    const welcome = await record(1);
    answer = ({ path }) => (path.includes(refused) ? 409 : 200);
    delivery.start();
    await until(
      () => calls.includes(`${welcome}/complete`),
      'the other recording',
    );
    answer = () => 200;
    await until(() => store.list().length === 0, 'another attempt');
  });

  it('delivers what can be read of a damaged recording and says that it is not all', async () => {
    const id = await record(2);
    const file = join(root, id, 'frames');
    const bytes = readFileSync(file);
    const [first, second] = decodeFrames(bytes);
    // In the body of the second frame.
    bytes[first.totalBytes + second.header.headerBytes] ^= 1;
    writeFileSync(file, bytes);
    const bodies: string[] = [];
    answer = ({ path, body }) => {
      if (path.endsWith('/complete')) {
        bodies.push(`${body}`);
      }
      return 200;
    };
    delivery.start();
    await until(() => store.list().length === 0, 'the delivery');
    expect(JSON.parse(bodies[0])).toMatchObject({
      status: 'truncated',
      statusReason: expect.stringContaining('damaged'),
      chunkCount: 1,
    });
    expect(calls).toEqual([`${id}/chunks/0`, `${id}/complete`]);
  });
});
