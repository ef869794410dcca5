import type { DownloadedFile } from '../../api';

/** The browser takes its copy of the address at once; a little later it can go, in milliseconds. */
const RELEASE_DELAY = 60_000;

/** Hands a file to the browser's downloads. */
export function saveFile({ blob, fileName }: DownloadedFile): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), RELEASE_DELAY);
}
