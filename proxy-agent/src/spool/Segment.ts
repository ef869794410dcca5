import { readdirSync, statSync } from 'node:fs';

/** One file of the spool, named by the first sequence that it may hold. */
export type Segment = { file: string; firstSequence: number; bytes: number };

const NAME = /^(\d{16})\.segment$/;

/** Sorts by name as by number. */
export function segmentFile(directory: string, firstSequence: number): string {
  return `${directory}/${`${firstSequence}`.padStart(16, '0')}.segment`;
}

/** The segments in a directory, oldest first. */
export function findSegments(directory: string): Segment[] {
  return readdirSync(directory)
    .sort()
    .flatMap(name => {
      const firstSequence = NAME.exec(name)?.[1];
      const file = `${directory}/${name}`;
      return firstSequence === undefined
        ? []
        : [
            {
              file,
              firstSequence: Number(firstSequence),
              bytes: statSync(file).size,
            },
          ];
    });
}
