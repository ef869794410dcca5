import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordingStore } from './RecordingStore';

jest.mock('node:fs', () => ({ ...jest.requireActual('node:fs') }));

const fs: typeof import('node:fs') = jest.requireMock('node:fs');

const ID = '01a2011a-6bbd-75f8-a13e-b3999de43b04';
const MAX_BYTES = 1024 * 1024;

describe('RecordingStore', () => {
  let root: string;

  const open = () => RecordingStore.open({ root, maxBytes: MAX_BYTES });

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'recordings-'));
  });
  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(root, { recursive: true });
  });

  const record = (store: RecordingStore) => {
    const directory = store.create(ID);
    writeFileSync(directory.framesFile, 'frames');
    directory.complete({
      status: 'complete',
      endedAt: '2026-11-22T01:47:41.000Z',
      durationMs: 1,
      chunkCount: 1,
    });
    store.ended(ID);
    store.measure(directory);
    return directory;
  };

  it('forgets a recording whose removal a kill breaks off', () => {
    const store = open();
    const directory = record(store);
    // As far as a recursive removal may come: the completion alone is gone.
    jest.spyOn(fs, 'rmSync').mockImplementationOnce(path => {
      rmSync(join(String(path), 'completion.json'));
      throw new Error('killed');
    });
    expect(() => store.remove(directory)).toThrow('killed');
    expect(readdirSync(root)).toHaveLength(1);

    const next = open();
    expect(next.list()).toEqual([]);
    expect(next.unfinished()).toEqual([]);
    expect(next.bytes).toBe(0);
    expect(readdirSync(root)).toEqual([]);
  });

  it('keeps a recording until it is removed', () => {
    const directory = record(open());
    const next = open();
    expect(next.list().map(({ id }) => id)).toEqual([ID]);
    expect(next.bytes).toBe(directory.bytes());
    expect(readFileSync(directory.framesFile, 'utf8')).toBe('frames');
    next.remove(directory);
    expect(next.list()).toEqual([]);
    expect(next.bytes).toBe(0);
    expect(readdirSync(root)).toEqual([]);
  });
});
