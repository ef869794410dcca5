import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { tunnelConfigSchema } from './TunnelConfig';

const DOCS = resolve(__dirname, '../../../docs/setup-tunnel.md');

type Schema = {
  properties?: Record<string, Schema>;
  items?: Schema;
};

function pathsOf(schema: Schema, prefix = ''): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    const path = `${prefix}${key}`;
    if (inner.properties) {
      return pathsOf(inner, `${path}.`);
    }
    return inner.items?.properties
      ? pathsOf(inner.items, `${path}[].`)
      : [path];
  });
}

describe('docs/setup-tunnel.md', () => {
  const documented = [
    ...readFileSync(DOCS, 'utf8')
      .split('## Settings')[1]
      .matchAll(/^\| `([^`]+)` *\|.*\| ([^|]*?) *\|$/gm),
  ].map(([, path, value]) => ({ path, value }));

  it('has each setting, in the order of the schema, and no other', () => {
    const schema = z.toJSONSchema(tunnelConfigSchema, {
      io: 'input',
      unrepresentable: 'any',
    }) as Schema;
    expect(documented.map(({ path }) => path)).toEqual(pathsOf(schema));
  });

  it('has the defaults', () => {
    const config = tunnelConfigSchema.parse({
      stateDirectory: '/a',
      proxies: [{ url: 'https://a' }],
      clusters: [{ name: 'a', endpoint: 'https://a' }],
    });
    expect(documented).toEqual(
      expect.arrayContaining([
        { path: 'drainTimeout', value: `\`${config.drainTimeout}\`` },
        { path: 'admin.host', value: `\`${config.admin.host}\`` },
        { path: 'admin.port', value: `\`${config.admin.port}\`` },
        { path: 'log.level', value: `\`${config.log.level}\`` },
      ]),
    );
  });
});
