import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

// APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
const END_OF_CENTRAL_DIRECTORY = 0x06054b50;
const END_SIZE = 22;
const CENTRAL_HEADER_SIZE = 46;
const LOCAL_HEADER_SIZE = 30;
const METHOD_DEFLATE = 8;

/** The content of one file of a ZIP archive (no ZIP64, no encryption). */
export function readZipEntry(archive: string, name: string): Buffer {
  const zip = readFileSync(archive);
  let end = zip.length - END_SIZE;
  while (end >= 0 && zip.readUInt32LE(end) !== END_OF_CENTRAL_DIRECTORY) end--;
  if (end < 0) throw new Error(`${archive} is no ZIP archive`);

  let header = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = zip.readUInt16LE(header + 28);
    const entryName = zip.toString(
      'utf8',
      header + CENTRAL_HEADER_SIZE,
      header + CENTRAL_HEADER_SIZE + nameLength,
    );
    if (entryName === name) {
      const method = zip.readUInt16LE(header + 10);
      const size = zip.readUInt32LE(header + 20);
      const local = zip.readUInt32LE(header + 42);
      const start =
        local +
        LOCAL_HEADER_SIZE +
        zip.readUInt16LE(local + 26) +
        zip.readUInt16LE(local + 28);
      const data = zip.subarray(start, start + size);
      return method === METHOD_DEFLATE ? inflateRawSync(data) : data;
    }
    header +=
      CENTRAL_HEADER_SIZE +
      nameLength +
      zip.readUInt16LE(header + 30) +
      zip.readUInt16LE(header + 32);
  }
  throw new Error(`${archive} has no ${name}`);
}
