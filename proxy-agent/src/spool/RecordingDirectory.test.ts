import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeFrame } from 'backstage-plugin-kubernetes-audit-common';
import { RecordingDirectory } from './RecordingDirectory';

const frame = (sequence: number, bytes: number) =>
  encodeFrame(Buffer.alloc(bytes, sequence), {
    compression: 'none',
    last: false,
    sequence,
    uncompressedBytes: bytes,
    eventCount: 1,
    firstTime: 0,
    lastTime: 0,
  });

describe('RecordingDirectory', () => {
  let root: string;
  let directory: RecordingDirectory;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'recording-'));
    directory = RecordingDirectory.create(root, 'recording');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('remembers how far the upload has come, also for another process', () => {
    expect(directory.uploaded()).toEqual({ nextChunk: 0, offset: 0 });
    directory.setUploaded({ nextChunk: 12, offset: 123_456 });
    directory.setUploaded({ nextChunk: 3, offset: 7 });
    const [again] = RecordingDirectory.list(root);
    expect(again.uploaded()).toEqual({ nextChunk: 3, offset: 7 });
  });

  it.each(['', '{"nextChu', '\0\0\0'])(
    'begins the upload anew when what it remembers is %j',
    text => {
      writeFileSync(join(directory.path, 'uploaded.json'), text);
      expect(directory.uploaded()).toEqual({ nextChunk: 0, offset: 0 });
    },
  );

  it('reads frames of any length, and no frame that is not whole', async () => {
    const frames = [frame(0, 0), frame(1, 100), frame(2, 200_000)];
    const whole = Buffer.concat(frames);
    let offset = 0;
    for (const { length } of frames) {
      const end = offset + length;
      // One byte is missing at first.
      appendFileSync(directory.framesFile, whole.subarray(offset, end - 1));
      expect(await directory.readFrame(offset)).toBeUndefined();
      appendFileSync(directory.framesFile, whole.subarray(end - 1, end));
      expect(await directory.readFrame(offset)).toEqual(
        whole.subarray(offset, end),
      );
      offset = end;
    }
    expect(await directory.readFrame(offset)).toBeUndefined();
  });

  it('gives frames that were just written, and older ones from the disk', async () => {
    const frames = Array.from({ length: 8 }, (_, i) => frame(i, 100 + i));
    let offset = 0;
    for (const written of frames) {
      appendFileSync(directory.framesFile, written);
      directory.keepRecent(offset, written);
      offset += written.length;
    }
    let at = 0;
    for (const written of frames) {
      expect(await directory.readFrame(at)).toEqual(Buffer.from(written));
      at += written.length;
    }
    expect(await directory.readFrame(at)).toBeUndefined();
  });
});
