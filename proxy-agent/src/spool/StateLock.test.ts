import { spawn } from 'node:child_process';
import {
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StateLock } from './StateLock';

jest.setTimeout(30_000);

const IN_USE = 'is in use by another process';

describe('StateLock', () => {
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'lock-'));
    file = join(directory, 'lock');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** The lock file with other lines, as another process would have written it. */
  async function writeLock(change: (lines: string[]) => void): Promise<void> {
    const lock = await StateLock.take(directory);
    const content = readFileSync(file, 'utf8');
    lock.release();
    const lines = content.split('\n');
    change(lines);
    // Always as long: another process's pid may have more digits.
    const changed = lines.join('\n').trimEnd();
    writeFileSync(file, changed.padEnd(content.length, '\n'));
  }

  async function takeAndRelease(): Promise<void> {
    (await StateLock.take(directory)).release();
    expect(readFileSync(file, 'utf8').trim()).toBe('');
  }

  /** As a process does that holds the lock. */
  const keepTouching = () =>
    setInterval(
      () => utimesSync(file, new Date(), new Date(Date.now() - 3600_000)),
      100,
    );

  it('is refused while another process holds it', async () => {
    const other = spawn('sleep', ['60']);
    const stat = readFileSync(`/proc/${other.pid}/stat`, 'utf8');
    await writeLock(lines => {
      lines[0] = `${other.pid}`;
      lines[1] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    });
    await expect(StateLock.take(directory)).rejects.toThrow(IN_USE);
    other.kill();
    await new Promise(resolve => other.once('exit', resolve));
    await takeAndRelease();
  });

  it('is taken over from a process that is dead, also when another has its pid', async () => {
    await writeLock(lines => {
      lines[0] = `${process.ppid}`;
      lines[1] = '1';
    });
    // Who looked at nothing else would wait for ever.
    const beat = keepTouching();
    const lock = await StateLock.take(directory);
    clearInterval(beat);
    expect(readFileSync(file, 'utf8')).toMatch(`${process.pid}\n`);
    lock.release();
  });

  it('in another container is refused while it is touched, and taken over when it is not', async () => {
    const inAnotherContainer = (lines: string[]) => {
      lines[0] = '1';
      lines[2] = `${lines[2].split(' ')[0]} pid:[1]`;
    };
    await writeLock(inAnotherContainer);
    const beat = keepTouching();
    await expect(StateLock.take(directory)).rejects.toThrow(IN_USE);
    clearInterval(beat);
    await takeAndRelease();
  });

  it('goes to one of two that take it over at once', async () => {
    await writeLock(lines => {
      lines[1] = '1';
    });
    const taken = await Promise.allSettled([
      StateLock.take(directory),
      StateLock.take(directory),
    ]);
    expect(taken.map(({ status }) => status).sort()).toEqual([
      'fulfilled',
      'rejected',
    ]);
    taken.forEach(result => {
      if (result.status === 'fulfilled') {
        result.value.release();
      }
    });
  });

  it('is free again when it was given back, and after a torn write', async () => {
    await takeAndRelease();
    await takeAndRelease();
    writeFileSync(file, 'torn');
    await takeAndRelease();
    expect(readFileSync(file, 'utf8').trim()).toBe('');
  });
});
