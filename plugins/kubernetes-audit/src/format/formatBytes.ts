const UNITS = ['B', 'KB', 'MB', 'GB'];
const FACTOR = 1024;

/** Bytes in units of 1024, named as the specification names them: 4 KB, 700 MB. */
export function formatBytes(bytes: number, separator = ' '): string {
  let value = bytes;
  let unit = 0;
  while (value >= FACTOR && unit < UNITS.length - 1) {
    value /= FACTOR;
    unit++;
  }
  const digits = value < 10 && unit > 0 ? 1 : 0;
  return `${Number(value.toFixed(digits))}${separator}${UNITS[unit]}`;
}
