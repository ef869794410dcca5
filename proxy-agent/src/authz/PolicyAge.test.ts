import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PolicyAge } from './PolicyAge';

const HOUR_MS = 3_600_000;

describe('PolicyAge', () => {
  let directory: string;
  let now = 0;
  let confirmedAt: number | undefined;
  let age: PolicyAge;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'policy-'));
    now = Date.parse('2026-01-02T00:00:00Z');
    confirmedAt = now;
    age = PolicyAge.create({
      maxAgeMs: 24 * HOUR_MS,
      breakGlassFile: join(directory, 'break-glass'),
      confirmedAt: () => confirmedAt,
      now: () => now,
    });
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('refuses before the first policy has come', () => {
    confirmedAt = undefined;
    expect(age.refusal).toMatch('no policy yet');
  });

  it('refuses a policy that was confirmed too long ago, and says when that was', () => {
    now += 24 * HOUR_MS;
    expect(age.refusal).toBeUndefined();
    now += 1;
    expect(age.refusal).toMatch('2026-01-02T00:00:00.000Z');
    confirmedAt = now;
    expect(age.refusal).toBeUndefined();
  });

  it('lets calls pass while the break-glass file is there, and has them say so', () => {
    now += 25 * HOUR_MS;
    expect(age.note).toBeUndefined();
    writeFileSync(join(directory, 'break-glass'), '');
    now += 1000;
    expect(age.refusal).toBeUndefined();
    expect(age.note).toMatch('break-glass: policy last confirmed at');
    rmSync(join(directory, 'break-glass'));
    now += 1000;
    expect(age.refusal).toMatch('too long ago');
  });

  it('says nothing of the break-glass file while the policy is recent', () => {
    writeFileSync(join(directory, 'break-glass'), '');
    expect(age.note).toBeUndefined();
  });

  it('goes by another age and another file from the moment it is told', () => {
    now += 2 * HOUR_MS;
    expect(age.refusal).toBeUndefined();
    const breakGlassFile = join(directory, 'other');
    age.use({ maxAgeMs: HOUR_MS, breakGlassFile });
    expect(age.refusal).toMatch('too long ago');
    writeFileSync(breakGlassFile, '');
    age.use({ maxAgeMs: HOUR_MS, breakGlassFile });
    expect(age.refusal).toBeUndefined();
  });
});
