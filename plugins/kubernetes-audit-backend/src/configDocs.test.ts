import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const TYPES = resolve(__dirname, '../config.d.ts');
const DOCS = resolve(__dirname, '../../../docs/portal-configuration.md');

/** The paths that the type has values at: `agents[].id`; its nesting is that of its indentation. */
function declared(): string[] {
  const parents: string[] = [];
  const paths: string[] = [];
  for (const line of readFileSync(TYPES, 'utf8').split('\n')) {
    const [, indent, key, type] = /^( +)(\w+)\??: (.+)$/.exec(line) ?? [];
    if (key) {
      parents.length = indent.length / 2 - 1;
      const isList = type.startsWith('Array<{');
      parents.push(isList ? `${key}[]` : key);
      if (!isList && type !== '{') {
        paths.push(parents.slice(1).join('.'));
      }
    }
  }
  return paths;
}

describe('docs/portal-configuration.md', () => {
  it('has each setting of config.d.ts, and no other', () => {
    const documented = [
      ...readFileSync(DOCS, 'utf8').matchAll(/^\| `([^`]+)` *\|/gm),
    ].map(([, path]) => path);
    expect([...documented].sort()).toEqual(declared().sort());
    expect(documented).toContain('roles[].session.idleTimeout');
  });
});
