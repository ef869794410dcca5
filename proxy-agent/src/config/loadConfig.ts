import { dirname, resolve } from 'node:path';
import {
  Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
} from 'yaml';
import type { z } from 'zod';
import { ConfigError, ConfigProblem } from './ConfigError';
import { describeIssue } from './describeIssue';
import { deadAlias, describeYamlError } from './describeYamlError';
import { NamingConfig, namedFileProblems } from './namedFileProblems';
import { ProxyConfig, proxyConfigSchema } from './ProxyConfig';
import { TrackedFiles } from './TrackedFiles';
import { TunnelConfig, tunnelConfigSchema } from './TunnelConfig';

/** Keys whose value is a path, relative to the configuration file. */
const PATH_KEYS = new Set([
  'stateDirectory',
  'tokenFile',
  'caFile',
  'certFile',
  'keyFile',
  'kubeconfig',
  'breakGlassFile',
  'joinTokenFile',
]);

function absolutePaths(value: unknown, directory: string): unknown {
  if (Array.isArray(value)) {
    return value.map(item => absolutePaths(item, directory));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      PATH_KEYS.has(key) && typeof item === 'string'
        ? resolve(directory, item)
        : absolutePaths(item, directory),
    ]),
  );
}

/** A configuration, and the 1-based lines on which its keys stand. */
type ReadConfig<T> = {
  config: T;
  lineOf: (path: PropertyKey[]) => number | undefined;
};

/**
 * Reads and validates a proxy's YAML configuration.
 *
 * @throws {@link ConfigError} with every problem and its line
 */
export function loadConfig(file: string): ProxyConfig {
  return readConfig(file, TrackedFiles.create(), proxyConfigSchema).config;
}

/**
 * Reads and validates a proxy's YAML configuration and the files that it names,
 * but for those of tokens.
 *
 * @throws {@link ConfigError} with every problem and its line
 */
export function loadConfigAndFiles(
  file: string,
  files: TrackedFiles = TrackedFiles.create(),
): ProxyConfig {
  return readConfigAndFiles(file, files, {
    schema: proxyConfigSchema,
    tokens: false,
  });
}

/**
 * Reads and validates a proxy's YAML configuration and all files that it names.
 *
 * @throws {@link ConfigError} with every problem and its line
 */
export function checkConfig(file: string): ProxyConfig {
  return readConfigAndFiles(file, TrackedFiles.create(), {
    schema: proxyConfigSchema,
    tokens: true,
  });
}

/** Whether the file configures a tunnel agent rather than a proxy: it names the proxies that the agent dials. */
export function isTunnelConfig(file: string): boolean {
  return parseFile(file, TrackedFiles.create()).document.has('proxies');
}

/**
 * Reads and validates a tunnel agent's YAML configuration and the files that
 * it names, tokens only when it is asked.
 *
 * @throws {@link ConfigError} with every problem and its line
 */
export function loadTunnelConfig(
  file: string,
  options: { tokens?: boolean; files?: TrackedFiles } = {},
): TunnelConfig {
  const { files = TrackedFiles.create() } = options;
  return readConfigAndFiles(file, files, {
    schema: tunnelConfigSchema,
    tokens: options.tokens ?? false,
  });
}

function readConfigAndFiles<T extends NamingConfig>(
  file: string,
  files: TrackedFiles,
  options: { schema: z.ZodType<T>; tokens: boolean },
): T {
  const { config, lineOf } = readConfig(file, files, options.schema);
  const problems = namedFileProblems(config, files, options).map(problem => ({
    ...problem,
    line: lineOf(
      problem.path
        .split('.')
        .map(key => (/^\d+$/.test(key) ? Number(key) : key)),
    ),
  }));
  if (problems.length > 0) {
    throw new ConfigError(file, byLine(problems));
  }
  return config;
}

function byLine(problems: ConfigProblem[]): ConfigProblem[] {
  return [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

function parseFile(file: string, files: TrackedFiles) {
  let source: string;
  try {
    source = files.read(file);
  } catch (error) {
    throw new ConfigError(file, [
      { path: '', message: `cannot be read: ${(error as Error).message}` },
    ]);
  }
  const lineCounter = new LineCounter();
  // Pretty errors repeat the line's number, and show what stands there.
  const document = parseDocument(source, {
    lineCounter,
    prettyErrors: false,
    stringKeys: true,
    // Else it writes what it finds odd to stderr.
    logLevel: 'error',
  });
  const lineAt = (offset: number) => lineCounter.linePos(offset).line;
  // A warning is a value that is not read as it was meant, such as one that begins with `!`.
  const problems = [...document.errors, ...document.warnings]
    .map(error => ({
      line: lineAt(error.pos[0]),
      path: '',
      message: describeYamlError(error),
    }))
    // What follows on a line mostly follows from the first.
    .filter(
      ({ line }, index, all) =>
        all.findIndex(other => other.line === line) === index,
    );
  if (problems.length > 0) {
    throw new ConfigError(file, problems);
  }
  if (document.contents === null) {
    throw new ConfigError(file, [{ path: '', message: 'the file is empty' }]);
  }
  if (!isMap(document.contents)) {
    throw new ConfigError(file, [
      { path: '', message: 'expected keys with values, such as agentId: a' },
    ]);
  }
  return { document, lineAt };
}

function readConfig<T>(
  file: string,
  files: TrackedFiles,
  schema: z.ZodType<T>,
): ReadConfig<T> {
  const { document, lineAt } = parseFile(file, files);
  let values: unknown;
  try {
    values = document.toJS();
  } catch {
    const offset = deadAlias(document);
    throw new ConfigError(file, [
      offset === undefined
        ? { path: '', message: 'aliases, which begin with *, name too much' }
        : {
            line: lineAt(offset),
            path: '',
            message:
              'what begins with * must be put in quotes, or name an anchor above it',
          },
    ]);
  }
  const result = schema.safeParse(
    absolutePaths(values, dirname(resolve(file))),
  );
  const lineOf = (path: PropertyKey[]): number | undefined => {
    // The line of the deepest part of the path that exists in the file.
    for (let length = path.length; length >= 0; length--) {
      const offset = offsetOf(document, path.slice(0, length));
      if (offset !== undefined) {
        return lineAt(offset);
      }
    }
    return undefined;
  };
  if (result.success) {
    return { config: result.data, lineOf };
  }
  throw new ConfigError(
    file,
    byLine(
      result.error.issues
        .flatMap(issue => describeIssue(issue, values))
        .map(({ path, message }) => ({
          line: lineOf(path),
          path: path.join('.'),
          message,
        })),
    ),
  );
}

/** Where a key stands, or an entry of a list begins. */
function offsetOf(document: Document, path: PropertyKey[]): number | undefined {
  const parent = document.getIn(path.slice(0, -1), true);
  const last = path[path.length - 1];
  const key = isMap(parent)
    ? parent.items.find(
        item => isScalar(item.key) && String(item.key.value) === String(last),
      )?.key
    : undefined;
  const node = key ?? document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}
