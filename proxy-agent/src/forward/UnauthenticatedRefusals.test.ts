import type { RequestAuditEvent } from 'backstage-plugin-kubernetes-audit-common';
import { AuditLog } from '../audit';
import { UnauthenticatedRefusals } from './UnauthenticatedRefusals';

const MINUTE_MS = 60_000;

describe('UnauthenticatedRefusals', () => {
  let now: number;
  let rows: { clientIp: string; message: string }[];
  let isFull: boolean;
  let refusals: UnauthenticatedRefusals;

  const audit = AuditLog.create({
    append: async ({ clientIp, message }) => {
      if (isFull) {
        throw new Error('full');
      }
      rows.push({ clientIp, message });
    },
  });
  const refuse = async (
    count: number,
    clientIp: string = '192.0.2.1',
    message: string = 'no credential',
  ) => {
    for (let i = 0; i < count; i++) {
      const event: RequestAuditEvent = {
        id: `${i}`,
        executedAt: '2026-01-01T00:00:00.000Z',
        result: 'failure',
        message,
        userName: '',
        clientIp,
        clusterName: 'demo',
        verb: 'get',
        resource: 'pods',
        requestUri: '/',
        connectedFrom: 'Proxy',
      };
      await refusals.record(event, audit);
    }
  };

  beforeEach(() => {
    now = 0;
    rows = [];
    isFull = false;
    refusals = UnauthenticatedRefusals.create({
      perSecond: 2,
      now: () => now,
    });
  });

  it('writes the first ones as they come, and the others as a sum', async () => {
    await refuse(1240);
    expect(rows).toEqual(
      Array(5).fill({ clientIp: '192.0.2.1', message: 'no credential' }),
    );
    now += MINUTE_MS - 1;
    await refusals.tick();
    expect(rows).toHaveLength(5);
    now += 1;
    await refusals.tick();
    expect(rows.slice(5)).toEqual([
      {
        clientIp: '192.0.2.1',
        message: 'no credential … and 1234 more like it',
      },
    ]);
  });

  it('begins anew in the next minute', async () => {
    await refuse(6);
    now += MINUTE_MS;
    await refusals.tick();
    await refuse(1);
    expect(rows).toEqual(
      Array(7).fill({ clientIp: '192.0.2.1', message: 'no credential' }),
    );
    now += MINUTE_MS;
    await refusals.tick();
    expect(rows).toHaveLength(7);
  });

  it('tells addresses and reasons apart', async () => {
    await refuse(7);
    await refuse(8, '192.0.2.2');
    await refuse(9, '192.0.2.2', 'expired');
    await refusals.flush();
    expect(rows.slice(15).map(row => row.message)).toEqual([
      'no credential … and 1 more like it',
      'no credential … and 2 more like it',
      'expired … and 3 more like it',
    ]);
  });

  it('writes no more rows for many addresses than for a hundred', async () => {
    for (let i = 0; i < 5000; i++) {
      await refuse(1, `10.0.${i >> 8}.${i & 255}`);
    }
    await refusals.flush();
    expect(rows).toHaveLength(101);
    expect(rows[100]).toEqual({
      clientIp: '',
      message: 'no credential … and 4899 more like it, from many addresses',
    });
  });

  it('keeps a sum that cannot be written for the next time', async () => {
    await refuse(10);
    isFull = true;
    await refusals.flush();
    isFull = false;
    await refuse(7);
    await refusals.flush();
    expect(rows.at(-1)?.message).toBe('no credential … and 11 more like it');
  });

  it('stops an address that sends too many, and no other', () => {
    const takes = (clientIp: string) =>
      Array.from({ length: 12 }, () => refusals.take(clientIp));
    expect(takes('192.0.2.1')).toEqual([...Array(10).fill(0), 1, 1]);
    expect(takes('192.0.2.2').slice(0, 10)).toEqual(Array(10).fill(0));
    now += 1000;
    expect(takes('192.0.2.1').filter(wait => wait === 0)).toHaveLength(2);
    refusals.use({ perSecond: 100 });
    now += 1000;
    expect(takes('192.0.2.1')).toEqual(Array(12).fill(0));
  });
});
