import { proxyConfigSchema } from './ProxyConfig';
import { asTakenOver, restartOnlyChanges } from './restartOnlyChanges';

const config = (changes: { server?: object; [key: string]: unknown } = {}) =>
  proxyConfigSchema.parse({
    agentId: 'proxy-1',
    stateDirectory: '/state',
    portal: { url: 'https://portal.example.com', token: 'long enough' },
    clusters: [{ name: 'a', endpoint: 'https://a.example.com' }],
    ...changes,
    server: { host: '127.0.0.1', ...changes.server },
  });
const TLS = { certFile: '/a', keyFile: '/b' };

describe('restartOnlyChanges', () => {
  it.each([
    ['nothing', {}, []],
    [
      'what is reloaded',
      {
        clusters: [{ name: 'b', endpoint: 'https://b.example.com' }],
        limits: { perSecond: 1 },
        policy: { maxAge: '1h' },
        log: { level: 'debug' },
        server: { publicUrl: 'https://proxy.example.com' },
      },
      [],
    ],
    ['the state directory', { stateDirectory: '/other' }, ['stateDirectory']],
    ['a port', { server: { port: 1 } }, ['server.port']],
    ['a limit of the spool', { spool: { maxBytes: 1 } }, ['spool.maxBytes']],
    ['plain HTTP', { server: { plainHttp: true } }, ['server.plainHttp']],
    ['TLS as such', { server: { tls: TLS } }, ['server.tls (on or off)']],
  ])('names of %s what waits for a restart', (_, changes, expected) => {
    expect(restartOnlyChanges(config(), config(changes))).toEqual(expected);
  });

  it('names what is taken away', () => {
    const before = config({
      policy: {},
      portal: {
        url: 'https://portal.example.com',
        token: 'long enough',
        caFile: '/ca',
      },
    });
    expect(restartOnlyChanges(before, config())).toEqual(['portal.caFile']);
  });

  it('are all that is not taken over', () => {
    const changes = {
      agentId: 'proxy-2',
      workers: 2,
      portal: { url: 'https://other.example.com', tokenFile: '/token' },
      server: { host: '127.0.0.1', port: 1, tls: { ...TLS, certFile: '/c' } },
      clusters: [{ name: 'b', endpoint: 'https://b.example.com' }],
      limits: { perSecond: 1 },
      policy: { maxAge: '1h' },
      log: { level: 'debug' },
      audit: { maxParsedBody: 1 },
    };
    const next = config(changes);
    for (const server of [{ host: '127.0.0.1' }, { tls: TLS }]) {
      const started = config({ server });
      const taken = asTakenOver(started, next);
      expect(restartOnlyChanges(started, taken)).toEqual([]);
      expect(restartOnlyChanges(taken, next)).toEqual(
        restartOnlyChanges(started, next),
      );
      const { clusters, limits, log, policy } = next;
      expect(taken).toMatchObject({ clusters, limits, log, policy });
    }
    expect(
      asTakenOver(config({ server: { tls: TLS } }), next).server.tls,
    ).toEqual({ ...TLS, certFile: '/c' });
  });

  it('takes another certificate for a file that is reloaded', () => {
    expect(
      restartOnlyChanges(
        config({ server: { tls: TLS } }),
        config({ server: { tls: { ...TLS, certFile: '/c' } } }),
      ),
    ).toEqual([]);
  });
});
