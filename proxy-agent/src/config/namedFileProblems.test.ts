import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  TestAuthority,
  TestCertificate,
} from '../../test/contract/TestAuthority';
import { ConfigError } from './ConfigError';
import { checkConfig, loadConfigAndFiles } from './loadConfig';

describe('the files that a configuration names', () => {
  let authority: TestAuthority;
  let certificate: TestCertificate;
  let other: TestCertificate;
  let directory: string;

  beforeAll(async () => {
    authority = await TestAuthority.create();
    certificate = await authority.issue('127.0.0.1');
    other = await authority.issue('127.0.0.1');
  });
  afterAll(() => authority.remove());

  /** What is there unless a test says otherwise; undefined for nothing. */
  const files = (): Record<string, string | undefined> => ({
    token: 'secret token\n',
    'portal-ca.crt': authority.ca,
    'tls.crt': certificate.cert,
    'tls.key': certificate.key,
    'a-ca.crt': authority.ca,
    'a.crt': other.cert,
    'a.key': other.key,
    'b-token': 'b',
    'c.kubeconfig': kubeconfig({}),
    'c-token': 'c',
    'c-ca.crt': authority.ca,
  });
  const kubeconfig = (user: object) =>
    JSON.stringify({
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
      clusters: [
        {
          name: 'k',
          cluster: {
            server: 'https://127.0.0.1',
            'certificate-authority': 'c-ca.crt',
          },
        },
      ],
      users: [{ name: 'u', user: { tokenFile: 'c-token', ...user } }],
    });
  const CONFIG = `agentId: proxy-1
stateDirectory: state
portal:
  url: https://portal.example.com
  tokenFile: token
  caFile: portal-ca.crt
server:
  tls:
    certFile: tls.crt
    keyFile: tls.key
clusters:
  - name: a
    endpoint: https://127.0.0.1
    caFile: a-ca.crt
    certFile: a.crt
    keyFile: a.key
  - name: b
    endpoint: https://127.0.0.1
    tokenFile: b-token
  - name: c
    kubeconfig: c.kubeconfig
`;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'named-files-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const problems = (
    changes: Record<string, string | undefined>,
    load = checkConfig,
  ) => {
    const file = join(directory, 'proxy.yaml');
    writeFileSync(file, CONFIG);
    Object.entries({ ...files(), ...changes }).forEach(([name, content]) => {
      if (content !== undefined) {
        writeFileSync(join(directory, name), content);
      }
    });
    try {
      load(file);
    } catch (error) {
      if (error instanceof ConfigError) {
        return error.message.replaceAll(`${directory}/`, '').split('\n');
      }
      throw error;
    }
    return [];
  };

  it('are fine when all is there', () => {
    expect(problems({})).toEqual([]);
  });

  it('are named each on a line when nothing is there', () => {
    const nothing = Object.fromEntries(
      Object.keys(files()).map(name => [name, undefined]),
    );
    expect(problems(nothing)).toEqual([
      'proxy.yaml cannot be used:',
      '  line 5: portal.tokenFile: token is not there',
      '  line 6: portal.caFile: portal-ca.crt is not there',
      '  line 9: server.tls.certFile: tls.crt is not there',
      '  line 10: server.tls.keyFile: tls.key is not there',
      '  line 14: clusters.0.caFile: a-ca.crt is not there',
      '  line 15: clusters.0.certFile: a.crt is not there',
      '  line 16: clusters.0.keyFile: a.key is not there',
      '  line 19: clusters.1.tokenFile: b-token is not there',
      '  line 21: clusters.2.kubeconfig: c.kubeconfig is not there',
    ]);
  });

  it('may lack those of tokens when the proxy starts', () => {
    const tokens = {
      token: undefined,
      'b-token': undefined,
      'c-token': undefined,
    };
    expect(problems(tokens, loadConfigAndFiles)).toEqual([]);
  });

  it('must hold certificates and keys when the proxy starts', () => {
    expect(
      problems({ 'a.key': undefined }, loadConfigAndFiles).slice(1),
    ).toEqual(['  line 16: clusters.0.keyFile: a.key is not there']);
  });

  it.each<[string, Record<string, string | undefined>, string[]]>([
    [
      'of a kubeconfig are missing',
      { 'c-ca.crt': undefined, 'c-token': undefined },
      [
        'line 21: clusters.2.kubeconfig: c-ca.crt is not there',
        'line 21: clusters.2.kubeconfig: c-token is not there',
      ],
    ],
    [
      'hold no certificate',
      { 'portal-ca.crt': 'hello', 'tls.crt': 'hello', 'c-ca.crt': 'hello' },
      [
        'line 6: portal.caFile: portal-ca.crt holds no certificate in PEM format',
        'line 9: server.tls.certFile: tls.crt holds no certificate in PEM format',
        'line 21: clusters.2.kubeconfig: the certificate authority of c.kubeconfig holds no certificate in PEM format',
      ],
    ],
    [
      'hold a certificate that is cut off',
      {
        'a-ca.crt':
          '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
      },
      ['line 14: clusters.0.caFile: a-ca.crt holds a damaged certificate'],
    ],
    [
      'hold no key',
      { 'tls.key': 'hello' },
      [
        'line 10: server.tls.keyFile: tls.key holds no private key in PEM format',
      ],
    ],
    [
      'are empty',
      { token: '\n', 'a.key': '', 'c.kubeconfig': '' },
      [
        'line 5: portal.tokenFile: token is empty',
        'line 16: clusters.0.keyFile: a.key is empty',
        'line 21: clusters.2.kubeconfig: c.kubeconfig is empty',
      ],
    ],
  ])('are refused when they %s', (_, changes, expected) => {
    expect(problems(changes).slice(1)).toEqual(
      expected.map(line => `  ${line}`),
    );
  });

  it('are refused when a key is that of another certificate', () => {
    expect(
      problems({ 'a.key': certificate.key, 'tls.key': other.key }).slice(1),
    ).toEqual([
      '  line 10: server.tls.keyFile: tls.key is not the key of tls.crt',
      '  line 16: clusters.0.keyFile: a.key is not the key of a.crt',
    ]);
    expect(
      problems({
        'c.kubeconfig': kubeconfig({
          'client-certificate': 'a.crt',
          'client-key': 'tls.key',
        }),
      }).slice(1),
    ).toEqual([
      '  line 21: clusters.2.kubeconfig: the client key of c.kubeconfig is not the key of the client certificate of c.kubeconfig',
    ]);
  });

  it('are refused when a key is locked', () => {
    const { privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: {
        type: 'pkcs8',
        format: 'pem',
        cipher: 'aes-256-cbc',
        passphrase: 'x',
      },
    });
    expect(problems({ 'tls.key': privateKey }).slice(1)).toEqual([
      '  line 10: server.tls.keyFile: tls.key is locked with a passphrase, which cannot be given',
    ]);
  });

  it('are refused when one is a directory', () => {
    mkdirSync(join(directory, 'b-token'));
    expect(problems({ 'b-token': undefined }).slice(1)).toEqual([
      '  line 19: clusters.1.tokenFile: b-token is a directory',
    ]);
  });
});
