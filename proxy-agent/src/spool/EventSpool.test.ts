import {
  appendFileSync,
  mkdirSync,
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
import { SpoolError } from './SpoolError';

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

  it('goes on behind its records where a file was longer than them when the power was lost', async () => {
    const first = open();
    await first.append({ id: 'whole' }, 'synced');
    first.close();
    const file = join(
      directory,
      readdirSync(directory).find(name => name.endsWith('.segment')) ?? '',
    );
    truncateSync(file, statSync(file).size + 1024 * 1024);

    const second = open();
    await second.append({ id: 'next' }, 'written');
    expect(records((await second.readBatch(10))?.body)).toEqual([
      { sequence: 1, id: 'whole' },
      { sequence: 2, id: 'next' },
    ]);
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

  it.each([
    '',
    'garbage',
    '1e12',
    '0xff',
    '1.5',
    '-1',
    'Infinity',
    '9999999999999999',
  ])('sends again where %j stands for what is acknowledged', async text => {
    const first = open();
    await first.append({ id: 'a' }, 'written');
    await first.append({ id: 'b' }, 'written');
    first.close();
    writeFileSync(join(directory, 'acknowledged'), text);
    const second = open();
    expect(second.depth).toBe(2);
    await second.append({ id: 'c' }, 'written');
    expect(records((await second.readBatch(10))?.body)).toMatchObject([
      { sequence: 1 },
      { sequence: 2 },
      { sequence: 3 },
    ]);
    second.close();
  });

  it('takes another epoch for one that is none', () => {
    const first = open();
    first.close();
    writeFileSync(join(directory, 'epoch'), 'garbage');
    const second = open();
    expect(second.epoch).toMatch(/^[0-9a-f-]{36}$/);
    expect(second.epoch).not.toBe(first.epoch);
    second.close();
    expect(open().epoch).toBe(second.epoch);
  });

  it('refuses a record that is longer than any reader takes', async () => {
    const spool = open();
    await expect(
      spool.append({ text: 'ä'.repeat(600 * 1024) }, 'written'),
    ).rejects.toThrow('longer than');
    await spool.append({ id: 'a' }, 'written');
    expect(records((await spool.readBatch(10))?.body)).toEqual([
      { sequence: 1, id: 'a' },
    ]);
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

  it('reads on behind a damaged place, in the last segment and in one before', async () => {
    const first = open(1024 * 1024);
    const text = 'x'.repeat(40_000);
    for (let i = 1; i <= 8; i++) {
      await first.append({ text }, 'written');
    }
    first.close();
    const segments = readdirSync(directory)
      .filter(name => name.endsWith('.segment'))
      .map(name => join(directory, name));
    expect(segments.length).toBeGreaterThan(1);
    const damage = (file: string, sequence: number) => {
      const bytes = readFileSync(file);
      bytes[bytes.indexOf(`"sequence":${sequence},`)] ^= 1;
      writeFileSync(file, bytes);
    };
    damage(segments[0], 2);
    damage(segments[segments.length - 1], 7);

    const second = open(1024 * 1024);
    await second.append({ text: 'next' }, 'written');
    const found: number[] = [];
    for (;;) {
      const batch = await second.readBatch(2);
      if (!batch) {
        break;
      }
      found.push(...records(batch.body).map(record => record.sequence));
      second.acknowledge(batch.lastSequence);
    }
    expect(found).toEqual([1, 3, 4, 5, 6, 8, 9]);
  });

  it('goes round a length that points behind the end', async () => {
    const first = open();
    for (const id of ['a', 'b', 'c']) {
      await first.append({ id }, 'written');
    }
    first.close();
    const file = join(
      directory,
      readdirSync(directory).find(name => name.endsWith('.segment')) ?? '',
    );
    const bytes = readFileSync(file);
    bytes.writeUInt32LE(500_000, bytes.indexOf('{"sequence":2,') - 8);
    writeFileSync(file, bytes);

    const second = open();
    await second.append({ id: 'd' }, 'written');
    expect(records((await second.readBatch(10))?.body)).toMatchObject([
      { sequence: 1, id: 'a' },
    ]);
    second.acknowledge(1);
    expect(records((await second.readBatch(10))?.body)).toMatchObject([
      { sequence: 3, id: 'c' },
      { sequence: 4, id: 'd' },
    ]);
  });

  it('has room again when all that filled it is acknowledged', async () => {
    const spool = open(1000);
    for (let i = 0; i < 3; i++) {
      await spool.append({ text: 'x'.repeat(400) }, 'written');
    }
    expect(spool.unwritable).toMatch('reached its limit');
    while (spool.depth > 0) {
      spool.acknowledge((await spool.readBatch(10))?.lastSequence ?? 0);
    }
    expect(spool.bytes).toBe(0);
    expect(spool.unwritable).toBeUndefined();
    await spool.append({ id: 'next' }, 'written');
    const { epoch } = spool;
    spool.close();
    // What is known of the portal's position may be lost: the names tell enough.
    rmSync(join(directory, 'acknowledged'));
    const second = open(1000);
    expect(second.epoch).toBe(epoch);
    expect(records((await second.readBatch(10))?.body)).toEqual([
      { sequence: 4, id: 'next' },
    ]);
  });

  it('keeps what cannot be refused until there is room', async () => {
    const spool = open(300);
    await spool.append({ text: 'x'.repeat(300) }, 'written');
    let kept = false;
    const end = spool.appendWhenPossible({ id: 'end' }, 'written').then(() => {
      kept = true;
    });
    await new Promise(setImmediate);
    expect(kept).toBe(false);
    spool.acknowledge((await spool.readBatch(10))?.lastSequence ?? 0);
    await end;
    expect(records((await spool.readBatch(10))?.body)).toEqual([
      { sequence: 2, id: 'end' },
    ]);
  });

  it('gives up waiting for room when it is closed', async () => {
    const spool = open(300);
    await spool.append({ text: 'x'.repeat(300) }, 'written');
    const end = spool.appendWhenPossible({ id: 'end' }, 'written');
    spool.close();
    await expect(end).rejects.toThrow(SpoolError);
  });

  it('is closed while its directory cannot be written, and says so at once', async () => {
    // Stands where it is tried whether there is room.
    mkdirSync(join(directory, 'probe'));
    const spool = open();
    expect(spool.unwritable).toMatch('the audit spool cannot be written');
    await expect(spool.append({ id: 'b' }, 'written')).rejects.toThrow(
      'cannot be written',
    );
  });
});
