import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { EVENT_SCHEMA_VERSION, spoolRecordSchema } from './event';

const DOCS = readFileSync(
  resolve(__dirname, '../../../docs/event-schema.md'),
  'utf8',
);
/** What the portal adds; a type without a schema. */
const STORED = ['number', 'agentId'];

describe('docs/event-schema.md', () => {
  it('has each field, and no other', () => {
    const documented = [...DOCS.matchAll(/^\| `(\w+)` /gm)].map(
      ([, name]) => name,
    );
    expect(documented.sort()).toEqual(
      [...Object.keys(spoolRecordSchema.shape), ...STORED].sort(),
    );
  });

  it('names the version of the schema', () => {
    expect(DOCS).toMatch(
      new RegExp(`^\\| \`schemaVersion\` .*\\| ${EVENT_SCHEMA_VERSION};`, 'm'),
    );
  });
});
