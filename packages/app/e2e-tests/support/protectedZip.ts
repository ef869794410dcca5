import { spawnSync } from 'node:child_process';

/** 7-Zip has it in the list of an archive whose files need a password. */
const METHOD = /^Method = .*AES-256/m;

/** Whether there is a 7-Zip to open archives with. */
export function hasSevenZip(): boolean {
  return spawnSync('7z', ['i'], { stdio: 'ignore' }).status === 0;
}

/**
 * The content of the only file of an archive, as 7-Zip extracts it.
 *
 * @returns undefined when it cannot with this password
 */
export function openProtectedZip(
  archive: string,
  password: string,
): string | undefined {
  const list = spawnSync('7z', ['l', '-slt', `-p${password}`, archive], {
    encoding: 'utf8',
  });
  if (!METHOD.test(list.stdout)) {
    throw new Error(`${archive} is not encrypted with AES-256`);
  }
  const { status, stdout } = spawnSync(
    '7z',
    ['x', '-so', `-p${password}`, archive],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  return status === 0 ? stdout : undefined;
}
