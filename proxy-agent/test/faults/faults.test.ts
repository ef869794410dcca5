import { FaultSuite } from './FaultSuite';

const KILLS = 20;

describe('a proxy that is killed again and again', () => {
  it('loses no record, doubles none, and keeps every byte that a user saw', async () => {
    const lines: string[] = [];
    const seed = Number(process.env.FAULT_SEED ?? Date.now() % 2 ** 31);
    const report = await FaultSuite.create({
      kills: KILLS,
      seed,
      log: line => lines.push(line),
    }).run();
    console.info([`seed ${seed}`, ...lines].join('\n'));
    expect(report.findings).toEqual([]);
    expect(report.gaps).toBe(0);
    expect(report.total.requests).toBeGreaterThan(10 * KILLS);
    expect(report.total.sessions).toBeGreaterThan(KILLS / 4);
    expect(report.total.spdySessions).toBeGreaterThan(0);
    expect(report.total.recovered).toBeGreaterThan(0);
  }, 180_000);
});
