import { dirname, resolve } from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { ConfigError, ConfigProblem } from './ConfigError';
import { namedFileProblems } from './namedFileProblems';
import { ProxyConfig, proxyConfigSchema } from './ProxyConfig';
import { TrackedFiles } from './TrackedFiles';

/** Keys whose value is a path, relative to the configuration file. */
const PATH_KEYS = new Set([
  'stateDirectory',
  'tokenFile',
  'caFile',
  'certFile',
  'keyFile',
  'kubeconfig',
  'breakGlassFile',
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
type ReadConfig = {
  config: ProxyConfig;
  lineOf: (path: PropertyKey[]) => number | undefined;
};

/**
 * Reads and validates a proxy's YAML configuration.
 *
 * @throws {@link ConfigError} with every problem and its line
 */
export function loadConfig(file: string): ProxyConfig {
  return readConfig(file, TrackedFiles.create()).config;
}

/**
 * Reads and validates a proxy's YAML configuration and the files that it names.
 *
 * @throws {@link ConfigError} with every problem and its line
 */
export function loadConfigAndFiles(
  file: string,
  files: TrackedFiles = TrackedFiles.create(),
): ProxyConfig {
  const { config, lineOf } = readConfig(file, files);
  const problems = namedFileProblems(config, files);
  if (problems.length > 0) {
    throw new ConfigError(
      file,
      problems.map(problem => ({
        ...problem,
        line: lineOf(
          problem.path
            .split('.')
            .map(key => (/^\d+$/.test(key) ? Number(key) : key)),
        ),
      })),
    );
  }
  return config;
}

function readConfig(file: string, files: TrackedFiles): ReadConfig {
  let source: string;
  try {
    source = files.read(file);
  } catch (error) {
    throw new ConfigError(file, [
      { path: '', message: `cannot be read: ${(error as Error).message}` },
    ]);
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(source, { lineCounter });
  if (document.errors.length > 0) {
    throw new ConfigError(
      file,
      document.errors.map(error => ({
        line: lineCounter.linePos(error.pos[0]).line,
        path: '',
        message: error.message.split('\n')[0],
      })),
    );
  }

  const result = proxyConfigSchema.safeParse(
    absolutePaths(document.toJS(), dirname(resolve(file))),
  );
  const lineOf = (path: PropertyKey[]): number | undefined => {
    // The line of the deepest part of the path that exists in the file.
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) {
        return lineCounter.linePos(node.range[0]).line;
      }
    }
    return undefined;
  };
  if (result.success) {
    return { config: result.data, lineOf };
  }
  throw new ConfigError(
    file,
    result.error.issues.map((issue): ConfigProblem => {
      const path =
        issue.code === 'unrecognized_keys'
          ? [...issue.path, issue.keys[0]]
          : issue.path;
      return {
        line: lineOf(path),
        path: path.join('.'),
        message: issue.message,
      };
    }),
  );
}
