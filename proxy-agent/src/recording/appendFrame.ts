import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import { encodeFrame } from 'backstage-plugin-kubernetes-audit-common';
import type { RecordingDirectory } from '../spool';
import type { JournalContent } from './FrameJournal';

const compress = promisify(zstdCompress);

/** zstd's fastest level: ten to one on terminal output, off the event loop. */
const COMPRESSION_LEVEL = 1;

/**
 * Turns a journal's content into a frame at the end of the recording, on the
 * disk when it returns.
 *
 * @returns the frame's bytes
 */
export async function appendFrame(
  directory: RecordingDirectory,
  content: JournalContent,
  frame: { sequence: number; last: boolean },
): Promise<number> {
  const body = await compress(content.body, {
    params: { [constants.ZSTD_c_compressionLevel]: COMPRESSION_LEVEL },
  });
  const bytes = encodeFrame(body, {
    compression: 'zstd',
    last: frame.last,
    sequence: frame.sequence,
    uncompressedBytes: content.body.length,
    eventCount: content.eventCount,
    firstTime: content.firstTime,
    lastTime: content.lastTime,
  });
  const handle = await open(directory.framesFile, 'a', 0o600);
  try {
    await handle.appendFile(bytes);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  return bytes.length;
}
