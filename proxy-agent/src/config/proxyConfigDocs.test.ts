import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { proxyConfigSchema } from './ProxyConfig';

const DOCS = resolve(__dirname, '../../../docs/proxy-configuration.md');
const UNITS: [string, number][] = [
  ['Gi', 1024 ** 3],
  ['Mi', 1024 ** 2],
];

type Schema = {
  properties?: Record<string, Schema>;
  items?: Schema;
  required?: string[];
};

/** What stands in the table's first and last column: `clusters[].name`, `required`. */
type Setting = { path: string; default: string };

/** The smallest configuration: what is in it beyond that are defaults. */
const MINIMAL = proxyConfigSchema.parse({
  agentId: 'a',
  stateDirectory: '/a',
  portal: { url: 'https://a', token: 'long enough' },
  server: { tls: { certFile: '/a', keyFile: '/a' } },
  clusters: [{ name: 'a', endpoint: 'https://a' }],
});
const GIVEN = new Set(['portal.token', 'clusters[].endpoint']);

function defaultOf(path: string): string | undefined {
  const value = path
    .replaceAll('[]', '.0')
    .split('.')
    .reduce<unknown>(
      (parent, key) =>
        Object.entries(parent ?? {}).find(e => e[0] === key)?.[1],
      MINIMAL,
    );
  if (value === undefined || GIVEN.has(path)) {
    return undefined;
  }
  if (typeof value === 'object') {
    return Object.keys(value ?? {}).length === 0 ? 'none' : undefined;
  }
  const unit = UNITS.find(
    ([, bytes]) => typeof value === 'number' && value % bytes === 0,
  );
  return `\`${unit ? `${Number(value) / unit[1]}${unit[0]}` : value}\``;
}

function settingsOf(schema: Schema, prefix = ''): Setting[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    const path = `${prefix}${key}`;
    if (inner.properties) {
      return settingsOf(inner, `${path}.`);
    }
    if (inner.items?.properties) {
      return settingsOf(inner.items, `${path}[].`);
    }
    const isRequired = schema.required?.includes(key);
    return [{ path, default: isRequired ? 'required' : defaultOf(path) ?? '' }];
  });
}

function documented(): Setting[] {
  return [
    ...readFileSync(DOCS, 'utf8').matchAll(
      /^\| `([^`]+)` *\|.*\| ([^|]*?) *\|$/gm,
    ),
  ].map(([, path, value]) => ({ path, default: value }));
}

describe('docs/proxy-configuration.md', () => {
  const settings = settingsOf(
    z.toJSONSchema(proxyConfigSchema, {
      io: 'input',
      unrepresentable: 'any',
    }) as Schema,
  );

  it('has each setting, in the order of the schema, and no other', () => {
    expect(documented().map(({ path }) => path)).toEqual(
      settings.map(({ path }) => path),
    );
  });

  it('has the default of each setting that has one', () => {
    const withDefaults = settings.filter(setting => setting.default);
    expect(documented()).toEqual(expect.arrayContaining(withDefaults));
    expect(withDefaults.length).toBeGreaterThan(20);
  });
});
