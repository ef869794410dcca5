import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What one side of a terminal said. */
export type TerminalChunk = { from: 'user' | 'terminal'; data: Buffer };

/** The only password in the recorded terminals. */
export const TYPED_PASSWORD = 'hunter2-Tr0ub4dor';

/** Reads `<name>.jsonl`. */
export function readTerminal(name: string): TerminalChunk[] {
  return readFileSync(join(__dirname, `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map(line => {
      const { d, b } = JSON.parse(line);
      return {
        from: d === '>' ? ('user' as const) : ('terminal' as const),
        data: Buffer.from(b, 'base64'),
      };
    });
}
