import type { TerminalSize } from 'backstage-plugin-kubernetes-audit-common';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const DIRECTORY = join(__dirname, '../__fixtures__');
const SUFFIX = '.cast.gz';

/** One event of a fixture: output, or a new size. Times in microseconds. */
export type FixtureEvent =
  | { type: 'output'; time: number; data: Uint8Array }
  | { type: 'resize'; time: number; size: TerminalSize };

export type Fixture = {
  name: string;
  size: TerminalSize;
  events: FixtureEvent[];
};

/** Names of all recordings of real programs. */
export function fixtureNames(): string[] {
  return readdirSync(DIRECTORY)
    .filter(name => name.endsWith(SUFFIX))
    .map(name => name.slice(0, -SUFFIX.length));
}

export function readFixture(name: string): Fixture {
  const text = gunzipSync(
    readFileSync(join(DIRECTORY, `${name}${SUFFIX}`)),
  ).toString('utf8');
  const [header, ...events] = text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  return {
    name,
    size: { columns: header.width, rows: header.height },
    events: events.map(([seconds, code, data]): FixtureEvent => {
      const time = Math.round(seconds * 1_000_000);
      if (code === 'r') {
        const [columns, rows] = data.split('x').map(Number);
        return { type: 'resize', time, size: { columns, rows } };
      }
      return { type: 'output', time, data: Buffer.from(data) };
    }),
  };
}
