import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventSpool } from './EventSpool';

const MAX_BYTES = 10 * 1024 * 1024;

describe('EventSpool', () => {
  let directory: string;
  const spools: EventSpool[] = [];
  const open = (maxBytes: number = MAX_BYTES) => {
    const spool = EventSpool.open({ directory, maxBytes });
    spools.push(spool);
    return spool;
  };
  const records = (body: Buffer | undefined) =>
    `${body ?? ''}`
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line));

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'spool-'));
  });
  afterEach(() => {
    spools.splice(0).forEach(spool => spool.close());
    rmSync(directory, { recursive: true });
  });

  it('gives records back in order, numbered from 1 without gaps', async () => {
    const spool = open();
    await Promise.all(
      ['a', 'b', 'c'].map(id => spool.append({ id }, 'synced')),
    );
    const batch = await spool.readBatch(10);
    expect(records(batch?.body)).toEqual([
      { sequence: 1, id: 'a' },
      { sequence: 2, id: 'b' },
      { sequence: 3, id: 'c' },
    ]);
    expect(batch).toMatchObject({ firstSequence: 1, lastSequence: 3 });
  });

  it('gives the same batch until it is acknowledged, then the next', async () => {
    const spool = open();
    for (let i = 0; i < 25; i++) {
      await spool.append({ i }, 'written');
    }
    expect((await spool.readBatch(10))?.lastSequence).toBe(10);
    expect((await spool.readBatch(10))?.firstSequence).toBe(1);
    spool.acknowledge(7);
    expect(await spool.readBatch(10)).toMatchObject({
      firstSequence: 8,
      lastSequence: 17,
    });
    spool.acknowledge(25);
    expect(await spool.readBatch(10)).toBeUndefined();
    expect(spool.depth).toBe(0);
  });

  it('goes on behind what it holds when opened again', async () => {
    const first = open();
    const { epoch } = first;
    await first.append({ id: 'a' }, 'written');
    await first.append({ id: 'b' }, 'written');
    first.acknowledge(1);
    first.close();

    const second = open();
    expect(second.epoch).toBe(epoch);
    await second.append({ id: 'c' }, 'written');
    expect(records((await second.readBatch(10))?.body)).toEqual([
      { sequence: 2, id: 'b' },
      { sequence: 3, id: 'c' },
    ]);
  });

  it('cuts off a record that was torn at any byte', async () => {
    const first = open();
    await first.append({ id: 'whole' }, 'written');
    const file = join(
      directory,
      readdirSync(directory).find(name => name.endsWith('.segment')) ?? '',
    );
    const whole = statSync(file).size;
    await first.append({ id: 'torn' }, 'written');
    first.close();
    const full = statSync(file).size;
    const bytes = readFileSync(file);

    for (let size = full - 1; size >= whole; size--) {
      truncateSync(file, whole);
      appendFileSync(file, bytes.subarray(whole, size));
      const spool = open();
      await spool.append({ id: 'next' }, 'written');
      expect(records((await spool.readBatch(10))?.body)).toEqual([
        { sequence: 1, id: 'whole' },
        { sequence: 2, id: 'next' },
      ]);
      spool.close();
    }
  });

  it('never gives an acknowledged number again after the records were lost', async () => {
    const first = open();
    await first.append({ id: 'a' }, 'written');
    await first.append({ id: 'b' }, 'written');
    first.acknowledge(2);
    first.close();
    const file = join(
      directory,
      readdirSync(directory).find(name => name.endsWith('.segment')) ?? '',
    );
    truncateSync(file, 0);

    const second = open();
    await second.append({ id: 'c' }, 'written');
    expect(records((await second.readBatch(10))?.body)).toEqual([
      { sequence: 3, id: 'c' },
    ]);
  });

  it('refuses records over its size limit and says why', async () => {
    const spool = open(200);
    await spool.append({ text: 'x'.repeat(300) }, 'written');
    await expect(spool.append({ id: 'b' }, 'written')).rejects.toThrow(
      'reached its limit of 200 bytes',
    );
    expect(spool.unwritable).toMatch('reached its limit');
  });

  it('is refused while another process holds it, and taken over from a dead one', () => {
    open().close();
    const lock = join(directory, 'lock');
    const bootId = readFileSync(
      '/proc/sys/kernel/random/boot_id',
      'utf8',
    ).trim();
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];

    writeFileSync(lock, [process.ppid, startTime, bootId].join('\n'));
    expect(() => open()).toThrow('is in use by another process');
    // The same pid, but of a process that began at another time.
    writeFileSync(lock, [process.ppid, '1', bootId].join('\n'));
    expect(open().depth).toBe(0);
  });

  it('spans segments and drops those that are acknowledged', async () => {
    const spool = open(100 * 1024 * 1024);
    const text = 'x'.repeat(512 * 1024);
    for (let i = 0; i < 40; i++) {
      await spool.append({ text }, 'written');
    }
    const segments = () =>
      readdirSync(directory).filter(name => name.endsWith('.segment')).length;
    expect(segments()).toBe(2);
    let expected = 1;
    for (;;) {
      const batch = await spool.readBatch(1000);
      if (!batch) {
        break;
      }
      expect(batch.firstSequence).toBe(expected);
      expected = batch.lastSequence + 1;
      spool.acknowledge(batch.lastSequence);
    }
    expect(expected).toBe(41);
    await spool.append({ text: '' }, 'written');
    await spool.readBatch(1);
    spool.acknowledge(41);
    expect(segments()).toBe(1);
  });
});
