import type * as Fs from 'node:fs';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PowerLossDisk } from './__testUtils__/PowerLossDisk';
import { EventSpool } from './EventSpool';

let mockDisk: PowerLossDisk | undefined;

jest.mock('node:fs', () => {
  const fs = jest.requireActual<typeof Fs>('node:fs');
  const synced = (sync: (handle: number) => void) => (handle: number) => {
    const end = mockDisk?.beginSync(handle);
    sync(handle);
    end?.();
  };
  return {
    ...fs,
    fsyncSync: synced(fs.fsyncSync),
    fdatasyncSync: synced(fs.fdatasyncSync),
    fdatasync: (handle: number, done: Fs.NoParamCallback) => {
      const end = mockDisk?.beginSync(handle);
      fs.fdatasync(handle, error => {
        if (!error) {
          end?.();
        }
        done(error);
      });
    },
  };
});

const SEEDS = 20;
const LOSSES = 6;
const STEPS = 40;
/** So small that segments change, and are emptied, all the time. */
const MAX_BYTES = 64 * 1024;

/** mulberry32 */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What the portal has, and what users were told to be on the disk. */
class Ledger {
  readonly delivered = new Map<string, string>();
  readonly promised = new Set<string>();

  /** @returns how many records of the batch are other ones than the portal has under their numbers */
  deliver(epoch: string, body: Buffer): number {
    let contradicting = 0;
    for (const line of body.toString().split('\n').filter(Boolean)) {
      const { sequence, id } = JSON.parse(line);
      const key = `${epoch}/${sequence}`;
      const before = this.delivered.get(key);
      if (before !== undefined && before !== id) {
        contradicting++;
      }
      this.delivered.set(key, id);
    }
    return contradicting;
  }
}

describe('EventSpool at a power loss', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'power-loss-'));
  });
  afterEach(() => {
    mockDisk = undefined;
    rmSync(root, { recursive: true });
  });

  it.each(Array.from({ length: SEEDS }, (_, seed) => seed))(
    'keeps what it has promised, and gives no number twice (seed %i)',
    async seed => {
      const random = randomNumbers(seed);
      const ledger = new Ledger();
      let contradicting = 0;
      let nextId = 0;
      let directory = join(root, 'state-0');
      mkdirSync(directory);

      const deliver = async (spool: EventSpool) => {
        const batch = await spool.readBatch(1 + Math.floor(random() * 20));
        if (batch) {
          contradicting += ledger.deliver(spool.epoch, batch.body);
          // The answer may have been lost.
          if (random() < 0.8) {
            spool.acknowledge(batch.lastSequence);
          }
        }
        return batch !== undefined;
      };

      for (let loss = 1; loss <= LOSSES; loss++) {
        mockDisk = PowerLossDisk.watch(
          jest.requireActual('node:fs'),
          directory,
        );
        const spool = EventSpool.open({ directory, maxBytes: MAX_BYTES });
        const appends: Promise<unknown>[] = [];
        for (let step = 0; step < STEPS; step++) {
          const id = `${nextId++}`;
          const durability = random() < 0.6 ? 'synced' : 'written';
          const append = spool
            .append({ id, filler: 'x'.repeat(random() * 2000) }, durability)
            .then(
              () => durability === 'synced' && ledger.promised.add(id),
              // A spool that is full takes no more.
              () => {},
            );
          appends.push(append);
          if (random() < 0.3) {
            await append;
          }
          if (random() < 0.3) {
            await deliver(spool);
          }
        }
        const next = join(root, `state-${loss}`);
        mkdirSync(next);
        mockDisk.lose(next, random);
        mockDisk = undefined;
        // What it still does is done on a disk that is gone.
        const promised = [...ledger.promised];
        await Promise.all(appends);
        spool.close();
        ledger.promised.clear();
        promised.forEach(id => ledger.promised.add(id));
        directory = next;
      }

      const spool = EventSpool.open({ directory, maxBytes: MAX_BYTES });
      while (await deliver(spool));
      spool.close();
      const delivered = new Set(ledger.delivered.values());
      const lost = [...ledger.promised].filter(id => !delivered.has(id));
      expect({ lost, contradicting }).toEqual({ lost: [], contradicting: 0 });
      expect(ledger.promised.size).toBeGreaterThan(0);
    },
  );
});
