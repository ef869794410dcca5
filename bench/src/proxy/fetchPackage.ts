import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { RESULTS } from '../report';

/**
 * The folder of a package that is measured but not depended on: fetched from
 * the npm registry once; undefined when it is not to be had.
 *
 * @param specifier - `name@version`
 */
export function fetchPackage(specifier: string): string | undefined {
  const folder = join(RESULTS, 'packages', specifier.replace(/\W+/g, '-'));
  const content = join(folder, 'package');
  if (!existsSync(content)) {
    try {
      mkdirSync(folder, { recursive: true });
      execFileSync('npm', ['pack', '--silent', specifier], {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const tarball = readdirSync(folder).find(name => name.endsWith('.tgz'));
      execFileSync('tar', ['xzf', tarball ?? ''], { cwd: folder });
    } catch {
      return undefined;
    }
  }
  return content;
}

/*
 * ZIP, of its central directory only what is needed (APPNOTE 4.3.12):
 *
 *   0 signature PK\1\2   20 compressed size   28 name length   30 extra length
 *   32 comment length    42 offset of the local header         46 name
 */
const CENTRAL_SIGNATURE = 0x02014b50;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;

/** Writes one compressed file of a ZIP archive without a comment, as a program. */
export function extractProgram(
  archive: string,
  name: string,
  target: string,
): void {
  const zip = readFileSync(archive);
  const end = zip.length - END_BYTES;
  let at =
    zip.readUInt32LE(end) === END_SIGNATURE ? zip.readUInt32LE(end + 16) : 0;
  while (zip.readUInt32LE(at) === CENTRAL_SIGNATURE) {
    const nameLength = zip.readUInt16LE(at + 28);
    const entry = zip.toString(
      'utf8',
      at + CENTRAL_BYTES,
      at + CENTRAL_BYTES + nameLength,
    );
    if (entry === name) {
      const local = zip.readUInt32LE(at + 42);
      const start =
        local +
        LOCAL_BYTES +
        zip.readUInt16LE(local + 26) +
        zip.readUInt16LE(local + 28);
      const packed = zip.subarray(start, start + zip.readUInt32LE(at + 20));
      writeFileSync(target, inflateRawSync(packed));
      chmodSync(target, 0o755);
      return;
    }
    at +=
      CENTRAL_BYTES +
      nameLength +
      zip.readUInt16LE(at + 30) +
      zip.readUInt16LE(at + 32);
  }
  throw new Error(`${archive} has no ${name}`);
}
