import { pino } from 'pino';
import { SpoolError } from '../spool';
import type { AuditRecord } from './AuditLog';
import { BestEffortSink } from './BestEffortSink';

const record = (
  clusterName: string,
  phase?: AuditRecord['phase'],
): AuditRecord => ({
  schemaVersion: 1,
  id: 'id',
  executedAt: '2026-01-01T00:00:00.000Z',
  result: 'success',
  message: 'OK',
  userName: 'guest',
  clientIp: '192.0.2.1',
  clusterName,
  verb: 'get',
  resource: 'pods',
  requestUri: '/',
  connectedFrom: 'Proxy',
  phase,
});

describe('BestEffortSink', () => {
  let failure: Error | undefined;
  let kept: AuditRecord[];
  let lines: object[];
  let now: number;
  let sink: BestEffortSink;

  beforeEach(() => {
    failure = undefined;
    kept = [];
    lines = [];
    now = 0;
    sink = BestEffortSink.create({
      sink: {
        append: async item => {
          if (failure) {
            throw failure;
          }
          kept.push(item);
        },
      },
      logger: pino({}, { write: line => lines.push(JSON.parse(line)) }),
      now: () => now,
    });
  });

  it('passes on what can be kept, and reports nothing', async () => {
    await sink.append(record('a'));
    await sink.report();
    expect(kept).toEqual([record('a')]);
    expect(sink.totals.size).toBe(0);
  });

  it('counts calls, not records, by cluster', async () => {
    failure = new SpoolError('full');
    await sink.append(record('a', 'attempt'));
    await sink.append(record('a', 'outcome'));
    await sink.append(record('a'));
    await sink.append(record('b'));
    expect([...sink.totals]).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });

  it('reports once, and again what was lost since', async () => {
    failure = new SpoolError('full');
    now = 1000;
    await sink.append(record('a'));
    now = 3000;
    await sink.append(record('a'));
    await sink.report();
    expect(kept).toEqual([]);
    failure = undefined;
    await sink.report();
    await sink.report();
    expect(kept.map(({ message }) => message)).toEqual([
      '2 calls of this cluster were not recorded between 1970-01-01T00:00:01.000Z and 1970-01-01T00:00:03.000Z: full',
    ]);
    failure = new SpoolError('full again');
    await sink.append(record('a'));
    failure = undefined;
    await sink.report();
    expect(kept[1].message).toContain('1 call of this cluster was');
    expect(sink.totals.get('a')).toBe(3);
  });

  it('logs the losses of a cluster every ten seconds at the most', async () => {
    failure = new SpoolError('full');
    for (now = 0; now < 20_000; now += 100) {
      await sink.append(record('a'));
    }
    expect(lines).toMatchObject([{ unrecorded: 1 }, { unrecorded: 101 }]);
  });

  it('hides no other error', async () => {
    failure = new Error('a mistake');
    await expect(sink.append(record('a'))).rejects.toThrow('a mistake');
  });
});
