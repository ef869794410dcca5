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
server:
  tls: { certFile: tls.crt, keyFile: tls.key }
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
      { line: 11, path: 'agentid', message: 'there is no such setting' },
    ],
    [
      'each misspelt key',
      `${VALID}    contxt: x\n    tag: { a: b }\n`,
      { line: 12, path: 'clusters.0.tag' },
    ],
    [
      'a value of the wrong type',
      `${VALID}admin:\n  port: "many"\n`,
      { line: 12, path: 'admin.port', message: 'expected a number, not text' },
    ],
    [
      'a number where text is expected',
      VALID.replace('proxy-1', '123'),
      {
        line: 1,
        path: 'agentId',
        message: 'expected text, not a number: put it in quotes',
      },
    ],
    [
      'a duration without a unit',
      `${VALID}policy:\n  maxAge: 24\n`,
      {
        line: 12,
        path: 'policy.maxAge',
        message: 'expected a duration such as 24h',
      },
    ],
    [
      'a size that is none',
      `${VALID}spool:\n  maxBytes: 5GB\n`,
      {
        line: 12,
        path: 'spool.maxBytes',
        message: 'expected a number of bytes, or a size like 64Mi',
      },
    ],
    [
      'a word that is none of those',
      `${VALID}log:\n  level: verbose\n`,
      {
        line: 12,
        path: 'log.level',
        message: 'expected one of debug, info, warn, error',
      },
    ],
    [
      'a verb that is none',
      `${VALID}    audit:\n      verbs: [read]\n`,
      {
        line: 12,
        path: 'clusters.0.audit.verbs',
        message: expect.stringMatching(/^expected all, or a list of .*delete/),
      },
    ],
    [
      'a number that is too small',
      `${VALID}workers: 0\n`,
      { line: 11, path: 'workers', message: 'expected at least 1' },
    ],
    [
      'an address that is none',
      VALID.replace('https://portal', 'portal'),
      {
        line: 4,
        path: 'portal.url',
        message: 'expected a URL that begins with https:// or http://',
      },
    ],
    [
      'a setting that is missing at the top',
      VALID.replace('agentId: proxy-1\n', ''),
      { line: 1, path: '', message: 'agentId is missing' },
    ],
    [
      'the section in which a setting is missing',
      VALID.replace(/ {2}url: .*\n/, ''),
      { line: 3, path: 'portal', message: 'url is missing' },
    ],
    [
      'the cluster in which a setting is missing',
      VALID.replace('name: prod', 'tags: {}'),
      { line: 9, path: 'clusters.0', message: 'name is missing' },
    ],
    [
      'a section without anything in it',
      VALID.replace('clusters:', 'limits:\nclusters:'),
      {
        line: 8,
        path: 'limits',
        message: 'has no value, expected keys with values',
      },
    ],
    [
      'a cluster with two addresses',
      `${VALID}    endpoint: https://127.0.0.1\n`,
      { line: 9, message: 'needs either kubeconfig or endpoint, not both' },
    ],
    [
      'a cluster without an address',
      VALID.replace(/ {4}kubeconfig.*\n/, ''),
      { line: 9, message: 'needs either kubeconfig, endpoint or tunnel' },
    ],
    [
      'two tokens for the portal',
      VALID.replace('tokenFile: token', 'tokenFile: a\n  token: long enough'),
      { line: 3, message: 'needs either token or tokenFile, not both' },
    ],
    [
      'two clusters of one name',
      `${VALID}  - name: prod\n    kubeconfig: other\n`,
      { line: 11, message: 'another cluster is named prod' },
    ],
    ['YAML that is none', `${VALID}clusters: [\n`, { line: 12 }],
    [
      'a name that cannot stand in a URL',
      VALID.replace('name: prod', 'name: a/b'),
      { line: 9, path: 'clusters.0.name' },
    ],
  ])('points at the line of %s', (_, source, problem) => {
    expect(problems(source)).toContainEqual(expect.objectContaining(problem));
  });

  it('says once for each line what is no YAML, without what stands there', () => {
    const found = problems(
      VALID.replace('  url:', '\turl:').replace('  - name', '\t- name'),
    );
    expect(found.map(({ line }) => line)).toEqual([4, 9]);
    expect(found[0].message).toMatch(/^Tabs are not allowed[^:]*$/);
    expect(found[0].message).not.toMatch(/line|column/);
  });

  it.each([
    ['', 'the file is empty'],
    ['# nothing but a comment\n', 'the file is empty'],
    ['- a list\n', 'expected keys with values, such as agentId: a'],
  ])('refuses %j', (source, message) => {
    expect(problems(source)).toEqual([
      expect.objectContaining({ path: '', message }),
    ]);
  });

  it.each([
    '*hunter2',
    '|hunter2',
    '"x"hunter2',
    '"\\hunter2"',
    '!hunter2 x',
    '!<hunter2',
    '@hunter2',
    '%hunter2',
    '&hunter2: x',
    'x: hunter2',
    'x ]\n]hunter2',
    '\n    ? { hunter2: x }\n    : x',
    '[*hunter2, hunter2]',
  ])(
    'says where a token stands that begins as in %j, and nothing of it',
    token => {
      const warn = jest.spyOn(process, 'emitWarning').mockImplementation();
      const found = problems(
        VALID.replace('tokenFile: token', `token: ${token}`),
      );
      expect(found.length).toBeGreaterThan(0);
      expect([3, 5, 6]).toContain(found[0].line);
      expect(JSON.stringify(found)).not.toContain('hunter2');
      expect(warn).not.toHaveBeenCalled();
      warn.mockRestore();
    },
  );

  it('says that a file is not there', () => {
    expect(() => loadConfig(join(directory, 'none.yaml'))).toThrow(
      /cannot be used:\n {2}cannot be read: ENOENT/,
    );
  });

  describe('without TLS', () => {
    const server = (lines: string) =>
      VALID.replace(
        /server:\n.*\n/,
        lines && `server:\n${lines.replace(/^/gm, '  ')}\n`,
      );

    it.each([
      'host: 127.0.0.1',
      'host: localhost',
      'host: "::1"',
      'host: 127.0.0.1\npublicUrl: http://localhost:6443',
      'plainHttp: true',
      'plainHttp: true\npublicUrl: https://kubernetes.example.com',
      'plainHttp: true\npublicUrl: http://kubernetes.example.com',
    ])('takes %j', lines => {
      expect(problems(server(lines))).toEqual([]);
    });

    it.each([
      ['port: 6443', { path: 'server', line: 6 }],
      [
        '',
        {
          path: 'server',
          message: expect.stringMatching(/^needs tls: .*plainHttp: true$/),
        },
      ],
      ['host: 10.0.0.1', { path: 'server' }],
      ['host: "::"', { path: 'server' }],
      ['host: proxy.example.com', { path: 'server' }],
      [
        'host: 127.0.0.1\npublicUrl: http://kubernetes.example.com',
        { path: 'server.publicUrl', line: 8 },
      ],
      [
        'tls: { certFile: a, keyFile: b }\npublicUrl: http://kubernetes.example.com',
        { path: 'server.publicUrl' },
      ],
      [
        'tls: { certFile: a, keyFile: b }\nplainHttp: true',
        { message: 'needs either tls or plainHttp: true, not both' },
      ],
    ])('refuses %j', (lines, problem) => {
      expect(problems(server(lines))).toEqual([
        expect.objectContaining(problem),
      ]);
    });
  });
});
