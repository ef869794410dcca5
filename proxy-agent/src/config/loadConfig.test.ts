import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from './ConfigError';
import { loadConfig } from './loadConfig';

const VALID = `agentId: proxy-1
stateDirectory: state
portal:
  url: https://portal.example.com/api/kubernetes-audit
  tokenFile: token
clusters:
  - name: prod
    kubeconfig: ../prod.kubeconfig
`;

describe('loadConfig', () => {
  let directory: string;
  const load = (source: string) => {
    const file = join(directory, 'proxy.yaml');
    writeFileSync(file, source);
    return loadConfig(file);
  };
  const problems = (source: string) => {
    try {
      load(source);
    } catch (error) {
      if (error instanceof ConfigError) {
        return error.problems;
      }
      throw error;
    }
    return [];
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'config-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('fills in defaults and makes paths absolute', () => {
    expect(load(VALID)).toMatchObject({
      stateDirectory: join(directory, 'state'),
      proxyGroup: 'default',
      portal: { tokenFile: join(directory, 'token') },
      server: { host: '0.0.0.0', port: 6443 },
      admin: { host: '127.0.0.1', port: 9443 },
      clusters: [
        {
          name: 'prod',
          kubeconfig: join(directory, '../prod.kubeconfig'),
          audit: { verbs: 'all', bodies: true, recordings: true },
        },
      ],
      audit: { maxParsedBody: 3 * 1024 * 1024 },
    });
  });

  it('understands sizes with units', () => {
    expect(load(`${VALID}spool: { maxBytes: 64Mi }`).spool.maxBytes).toBe(
      64 * 1024 * 1024,
    );
  });

  it.each<[string, string, object]>([
    [
      'a misspelt key',
      `${VALID}agentid: x\n`,
      { line: 9, path: 'agentid', message: expect.stringContaining('agentid') },
    ],
    [
      'a value of the wrong type',
      `${VALID}admin:\n  port: "many"\n`,
      { line: 10, path: 'admin.port' },
    ],
    [
      'a cluster with two addresses',
      `${VALID}    endpoint: https://127.0.0.1\n`,
      { line: 7, message: 'needs either kubeconfig or endpoint' },
    ],
    [
      'two clusters of one name',
      `${VALID}  - name: prod\n    kubeconfig: other\n`,
      { line: 9, message: 'another cluster is named prod' },
    ],
    ['YAML that is none', `${VALID}clusters: [\n`, { line: 10 }],
    [
      'a name that cannot stand in a URL',
      VALID.replace('name: prod', 'name: a/b'),
      { line: 7, path: 'clusters.0.name' },
    ],
  ])('points at the line of %s', (_, source, problem) => {
    expect(problems(source)).toContainEqual(expect.objectContaining(problem));
  });

  it('says that a file is not there', () => {
    expect(() => loadConfig(join(directory, 'none.yaml'))).toThrow(
      /cannot be used:\n {2}cannot be read: ENOENT/,
    );
  });
});
