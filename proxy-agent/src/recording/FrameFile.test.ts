import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import {
  decodeFrames,
  FRAME_TARGET_BYTES,
} from 'backstage-plugin-kubernetes-audit-common';
import { RecordingDirectory } from '../spool';
import { FrameFile } from './FrameFile';

describe('FrameFile', () => {
  let root: string;
  let directory: RecordingDirectory;
  let file: FrameFile;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'frames-'));
    directory = RecordingDirectory.create(root, 'recording');
    file = FrameFile.of(directory);
  });
  afterEach(async () => {
    await file.close();
    rmSync(root, { recursive: true });
  });

  const content = (bytes: number, fill: number) => ({
    body: Buffer.alloc(bytes, fill),
    eventCount: 1,
    firstTime: fill,
    lastTime: fill,
  });

  it('writes frames in the order in which they were asked for', async () => {
    // Full ones go another way through zstd than the small ones between them.
    const sizes = [FRAME_TARGET_BYTES, 10, FRAME_TARGET_BYTES + 5000, 1, 5000];
    await Promise.all(
      sizes.map((bytes, sequence) =>
        file.appendContent(content(bytes, sequence), { sequence, last: false }),
      ),
    );
    const frames = decodeFrames(readFileSync(directory.framesFile));
    expect(frames.map(({ header }) => header.sequence)).toEqual([
      0, 1, 2, 3, 4,
    ]);
    frames.forEach(({ body }, sequence) =>
      expect(
        zstdDecompressSync(body).equals(
          content(sizes[sequence], sequence).body,
        ),
      ).toBe(true),
    );
  });

  it('writes nothing behind a frame that could not be written', async () => {
    mkdirSync(directory.framesFile);
    const results = await Promise.allSettled(
      [0, 1].map(sequence =>
        file.appendContent(content(10, sequence), { sequence, last: false }),
      ),
    );
    expect(results.map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
    ]);
  });
});
