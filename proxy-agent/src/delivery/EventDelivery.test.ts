import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { pino } from 'pino';
import { AGENT_ID, AGENT_TOKEN, TestPortal } from '../../test/TestPortal';
import { until } from '../../test/TestProxy';
import { EventSpool } from '../spool';
import { EventDelivery } from './EventDelivery';
import { PortalClient } from './PortalClient';
import { RefusedRecords } from './RefusedRecords';

describe('EventDelivery', () => {
  let directory: string;
  let portal: TestPortal;
  let client: PortalClient;
  let spool: EventSpool;
  let delivery: EventDelivery;
  let batches: number[][];
  let acknowledge: (sent: number[]) => number;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'events-'));
    portal = await TestPortal.start([]);
    batches = [];
    acknowledge = sent => Math.max(...sent);
    portal.onIngest = ({ body }) => {
      const sent = gunzipSync(body)
        .toString()
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line).sequence);
      batches.push(sent);
      return {
        status: 200,
        body: { acknowledgedSequence: acknowledge(sent) },
      };
    };
    client = PortalClient.fromConfig({
      agentId: AGENT_ID,
      url: portal.url,
      token: AGENT_TOKEN,
    });
    spool = EventSpool.open({ directory, maxBytes: 1024 * 1024 });
    delivery = EventDelivery.create({
      portal: client,
      spool,
      refused: RefusedRecords.create(join(directory, 'refused.ndjson')),
      logger: pino({ level: 'silent' }),
    });
    delivery.start();
  });
  afterEach(async () => {
    await delivery.stop();
    spool.close();
    await client.close();
    await portal.stop();
    rmSync(directory, { recursive: true });
  });

  it('sends again what was not acknowledged, and nothing else', async () => {
    acknowledge = () => 2;
    await Promise.all([1, 2, 3].map(i => spool.append({ i }, 'written')));
    await until(() => batches.length === 1, 'the first batch');
    acknowledge = sent => Math.max(...sent);
    await until(() => spool.depth === 0, 'the rest');
    expect(batches).toEqual([[1, 2, 3], [3]]);
  });

  it('believes no portal that acknowledges more than it was sent', async () => {
    acknowledge = () => 1000;
    await spool.append({ i: 1 }, 'written');
    await until(() => spool.depth === 0, 'the acknowledgement');
    await spool.append({ i: 2 }, 'written');
    await until(() => spool.depth === 0, 'the next acknowledgement');
    expect(batches).toEqual([[1], [2]]);
  });

  it('leaves the portal alone for as long as it says', async () => {
    const asked: number[] = [];
    portal.onIngest = ({ body }) => {
      asked.push(performance.now());
      const sequence = JSON.parse(gunzipSync(body).toString()).sequence;
      return asked.length === 1
        ? { status: 429, headers: { 'retry-after': '2' }, body: {} }
        : { status: 200, body: { acknowledgedSequence: sequence } };
    };
    await spool.append({ i: 1 }, 'written');
    await until(() => spool.depth === 0, 'the acknowledgement');
    // Without a word of the portal it would be half a second.
    expect(asked[1] - asked[0]).toBeGreaterThan(1900);
  });

  it('goes on when the portal has given up a gap', async () => {
    acknowledge = () => 0;
    await spool.append({ i: 1 }, 'written');
    await until(() => batches.length === 1, 'the batch that waits');
    acknowledge = sent => Math.max(...sent);
    await until(() => spool.depth === 0, 'another attempt');
    expect(batches).toEqual([[1], [1]]);
  });

  it('keeps aside what the portal refuses for good, and goes on with the rest', async () => {
    const taken: unknown[] = [];
    portal.onIngest = ({ body }) => {
      const sent = gunzipSync(body)
        .toString()
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line));
      const sequences = sent
        .filter(({ clusterName }) => clusterName === 'qa')
        .map(({ sequence }) => sequence);
      if (sequences.length > 0) {
        const message = 'not bound to the cluster "qa"';
        return { status: 403, body: { error: { message, sequences } } };
      }
      taken.push(...sent);
      return {
        status: 200,
        body: { acknowledgedSequence: sent.at(-1).sequence },
      };
    };
    const names = ['demo', 'qa', 'demo', 'qa'];
    await Promise.all(
      names.map(clusterName => spool.append({ clusterName }, 'written')),
    );
    await until(() => spool.depth === 0, 'the acknowledgement');
    expect(taken).toEqual([
      { sequence: 1, clusterName: 'demo' },
      { sequence: 2, withheld: 'not bound to the cluster "qa"' },
      { sequence: 3, clusterName: 'demo' },
      { sequence: 4, withheld: 'not bound to the cluster "qa"' },
    ]);
    expect(readFileSync(join(directory, 'refused.ndjson'), 'utf8')).toBe(
      '{"sequence":2,"clusterName":"qa"}\n{"sequence":4,"clusterName":"qa"}\n',
    );
  });
});
