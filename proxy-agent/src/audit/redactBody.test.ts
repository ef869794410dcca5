import fc from 'fast-check';
import { redactBody } from './redactBody';
import type { BodyResource } from './sensitiveKinds';

const HIDDEN = '[redacted]';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

const of = (
  resource: string,
  subresource = '',
  apiGroup = '',
): BodyResource => ({
  apiGroup,
  resource,
  subresource,
});
const secrets = of('secrets');
const pods = of('pods');
const reviews = of('tokenreviews', '', 'authentication.k8s.io');
const requests = of('serviceaccounts', 'token');
const csrs = of('certificatesigningrequests', '', 'certificates.k8s.io');

const redact = (body: unknown, resource: BodyResource, maxEntries = 1000) =>
  redactBody(body, resource, maxEntries);

describe('redactBody', () => {
  it('leaves alone what has nothing to do with secrets', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), value => {
        expect(redact(value, pods, 100_000)).toEqual(value);
      }),
    );
    const configMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', annotations: { team: 'payments' } },
      data: { annotations: 'a', token: 'a', data: '{"a": 1}' },
    };
    expect(redact(configMap, of('configmaps'))).toEqual(configMap);
  });

  it('takes __proto__ for a key like any other', () => {
    const body = JSON.parse(
      '{"__proto__":{"kind":"Secret","data":{"a":"x"}},"b":2}',
    );
    expect(JSON.stringify(redact(body, pods))).toBe(
      `{"__proto__":{"kind":"Secret","data":{"a":"${HIDDEN}"}},"b":2}`,
    );
  });

  it('shows what names an object of two kinds at once, and no more', () => {
    expect(
      redact({ kind: 'TokenReview', type: 'x', spec: 'x' }, secrets),
    ).toEqual({ kind: 'TokenReview', type: HIDDEN, spec: HIDDEN });
  });

  it('leaves what only names a Secret', () => {
    const event = {
      kind: 'Event',
      involvedObject: { kind: 'Secret', apiVersion: 'v1', name: 's' },
      valuesFrom: [{ kind: 'Secret', name: 's', valuesKey: 'k' }],
      volumes: [{ name: 'v', secret: { secretName: 's' } }],
    };
    expect(redact(event, of('events'))).toEqual(event);
  });

  it('shows of a Secret what names it, and the names of the rest', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', labels: { app: 'web' } },
      type: 'Opaque',
      immutable: true,
      data: { a: 'x', b: '', c: null, d: 7, e: { f: 'x' } },
      stringData: 'x',
      spec: { password: 'x' },
      Data: { a: 'x' },
      extra: ['x'],
    };
    const shown = {
      ...secret,
      data: { a: HIDDEN, b: HIDDEN, c: null, d: HIDDEN, e: HIDDEN },
      stringData: HIDDEN,
      spec: { password: HIDDEN },
      Data: { a: HIDDEN },
      extra: HIDDEN,
    };
    expect(redact(secret, secrets)).toEqual(shown);
    expect(redact(secret, pods)).toEqual(shown);
    expect(redact({ ...secret, kind: undefined }, secrets)).toEqual({
      ...shown,
      kind: undefined,
    });
  });

  it.each([
    'secret',
    'SECRET',
    'SecretList',
    ' Secret\n',
    '\u017fecret',
    'v1.Secret',
    'TokenReview',
  ])('takes kind %j for a sensitive one, whatever the API group', kind => {
    const shown = { data: { a: HIDDEN } };
    const data = { a: 'x' };
    expect(redact({ kind, data }, pods)).toMatchObject(shown);
    expect(redact({ data, Kind: kind, kind: 'Pod' }, pods)).toMatchObject(
      shown,
    );
    expect(
      redact({ apiVersion: 'x.io/v1', kind, data }, of('things', '', 'x.io')),
    ).toMatchObject(shown);
  });

  it('finds Secrets in lists of any kind and depth', () => {
    const items = [
      { kind: 'Pod', spec: { a: 'y' } },
      { kind: 'Secret', data: { a: 'x' } },
      { kind: 'List', items: [{ stringData: { a: 'x' }, kind: 'Secret' }] },
      { kind: 'ConfigMap', data: { a: 'y' } },
    ];
    expect(redact({ kind: 'List', items }, pods)).toEqual({
      kind: 'List',
      items: [
        { kind: 'Pod', spec: { a: 'y' } },
        { kind: 'Secret', data: { a: HIDDEN } },
        {
          kind: 'List',
          items: [{ stringData: { a: HIDDEN }, kind: 'Secret' }],
        },
        { kind: 'ConfigMap', data: { a: 'y' } },
      ],
    });
    const untyped = { items: [{ data: { a: 'x' } }, 'x'] };
    const shown = { items: [{ data: { a: HIDDEN } }, HIDDEN] };
    expect(redact(untyped, secrets)).toEqual(shown);
    expect(redact({ kind: 'SecretList', ...untyped }, pods)).toMatchObject(
      shown,
    );
  });

  it('finds Secrets inside of other objects', () => {
    const shown = { kind: 'Secret', data: { a: HIDDEN } };
    expect(
      redact(
        {
          kind: 'Object',
          spec: {
            manifest: { kind: 'Secret', data: { a: 'x' } },
            template: { stringData: { a: 'x' }, type: 'Opaque' },
            more: [[{ data: { a: 'x' }, kind: 'Secret' }]],
          },
        },
        of('objects'),
      ),
    ).toEqual({
      kind: 'Object',
      spec: {
        manifest: shown,
        template: { stringData: { a: HIDDEN }, type: 'Opaque' },
        more: [[shown]],
      },
    });
  });

  it('finds Secrets in annotations that repeat an object', () => {
    const applied = (body: unknown, name = LAST_APPLIED) => ({
      metadata: { name: 'n', annotations: { [name]: JSON.stringify(body) } },
    });
    const secret = { kind: 'Secret', data: { a: 'x' } };
    const shown = { kind: 'Secret', data: { a: HIDDEN } };
    for (const name of [LAST_APPLIED, 'kapp.k14s.io/original', 'x/manifest']) {
      expect(redact(applied(secret, name), pods)).toEqual(applied(shown, name));
    }
    expect(redact(applied({ data: { a: 'x' } }), secrets)).toEqual(
      applied({ data: { a: HIDDEN } }),
    );
    expect(redact(applied(applied(secret)), pods)).toEqual(
      applied(applied(shown)),
    );
    expect(redact({ spec: { template: applied(secret) } }, pods)).toEqual({
      spec: { template: applied(shown) },
    });
    expect(redact(applied({ kind: 'Pod', spec: { a: [1] } }), pods)).toEqual(
      applied({ kind: 'Pod', spec: { a: [1] } }),
    );
  });

  it('hides such annotations when they cannot be read, and those that carry a credential', () => {
    const redactAnnotations = (
      annotations: Record<string, unknown>,
      resource = pods,
    ) => redact({ metadata: { annotations } }, resource);
    const shown = (annotations: Record<string, unknown>) => ({
      metadata: { annotations },
    });
    expect(
      redactAnnotations({
        [LAST_APPLIED]: '{"kind":"Secret","data":{"a":"x',
        'objectset.rio.cattle.io/applied': 'H4sIAAAA',
        'openshift.io/token-secret.value': 'x',
        'kubernetes.io/service-account.name': 'default',
        'example.com/template': '{{ .Values.x }}',
        'example.com/removed': null,
      }),
    ).toEqual(
      shown({
        [LAST_APPLIED]: HIDDEN,
        'objectset.rio.cattle.io/applied': HIDDEN,
        'openshift.io/token-secret.value': HIDDEN,
        'kubernetes.io/service-account.name': 'default',
        'example.com/template': '{{ .Values.x }}',
        'example.com/removed': null,
      }),
    );
    expect(
      redactAnnotations({ 'example.com/template': '{"a" x' }, secrets),
    ).toEqual(shown({ 'example.com/template': HIDDEN }));
  });

  it('writes annotations anew, which may say a key twice', () => {
    const annotations = {
      [LAST_APPLIED]: '{"kind":"Secret","data":{"a":"x"},"data":{"b":"x"}}',
    };
    expect(redact({ metadata: { annotations } }, pods)).toEqual({
      metadata: {
        annotations: {
          [LAST_APPLIED]: `{"kind":"Secret","data":{"b":"${HIDDEN}"}}`,
        },
      },
    });
  });

  it('reads strategic merge patches', () => {
    expect(
      redact(
        {
          $patch: 'merge',
          '$setElementOrder/data': ['x'],
          $retainKeys: ['x'],
          data: { a: 'x', b: null, $patch: 'replace' },
          metadata: {
            labels: { a: 'y' },
            $deleteFromPrimitiveList: ['y'],
            '$setElementOrder/ownerReferences': [{ uid: 'y' }],
          },
        },
        secrets,
      ),
    ).toEqual({
      $patch: 'merge',
      '$setElementOrder/data': HIDDEN,
      $retainKeys: HIDDEN,
      data: { a: HIDDEN, b: null, $patch: HIDDEN },
      metadata: {
        labels: { a: 'y' },
        $deleteFromPrimitiveList: ['y'],
        '$setElementOrder/ownerReferences': [{ uid: 'y' }],
      },
    });
  });

  it.each<[string, BodyResource, unknown, unknown]>([
    [
      'TokenRequest',
      requests,
      {
        spec: { audiences: ['y'], expirationSeconds: 60, token: 'x' },
        status: { token: 'x' },
      },
      {
        spec: { audiences: ['y'], expirationSeconds: 60, token: HIDDEN },
        status: { token: HIDDEN },
      },
    ],
    [
      'TokenReview',
      reviews,
      {
        spec: { token: 'x', audiences: ['y'] },
        status: { user: { uid: 'x' } },
      },
      {
        spec: { token: HIDDEN, audiences: ['y'] },
        status: { user: HIDDEN },
      },
    ],
    [
      'CertificateSigningRequest',
      csrs,
      {
        spec: { request: 'x', signerName: 'y', usages: ['y'] },
        status: { certificate: 'x', conditions: [{ type: 'Approved' }] },
      },
      {
        spec: { request: HIDDEN, signerName: 'y', usages: ['y'] },
        status: { certificate: HIDDEN, conditions: [{ type: 'Approved' }] },
      },
    ],
  ])('redacts a %s by URL and by kind', (kind, resource, body, shown) => {
    expect(redact(body, resource)).toEqual(shown);
    const named = { kind, ...(body as object) };
    expect(redact(named, pods)).toEqual({ kind, ...(shown as object) });
  });

  it('shows the options of a deletion', () => {
    const options = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: 'Background',
      preconditions: { uid: 'y' },
    };
    expect(redact(options, secrets)).toEqual(options);
  });

  it('hides what is not of JSON: bytes, dates, maps', () => {
    expect(
      redact(
        { a: Buffer.from('x'), b: new Date(0), c: new Map([[1, 2]]) },
        pods,
      ),
    ).toEqual({ a: HIDDEN, b: HIDDEN, c: HIDDEN });
  });

  it('copies so many entries and no more, and survives any depth', () => {
    const long = { a: Array(50).fill(0), b: { c: 1 } };
    expect(redact(long, pods, 10)).toEqual({ a: Array(9).fill(0) });
    let deep: unknown = 'x';
    for (let i = 0; i < 50_000; i++) {
      deep = [deep];
    }
    expect(JSON.stringify(redact({ a: deep }, pods, 100_000))).toMatch(
      /^\{"a":\[{199}"\[redacted\]"\]{199}\}$/,
    );
  });
});
