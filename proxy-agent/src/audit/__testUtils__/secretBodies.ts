import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { stringify } from 'yaml';
import type { BodyResource } from '../sensitiveKinds';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const secretsUrl: BodyResource = {
  apiGroup: '',
  resource: 'secrets',
  subresource: '',
};
export const podsUrl: BodyResource = { ...secretsUrl, resource: 'pods' };
const reviewsUrl: BodyResource = {
  apiGroup: 'authentication.k8s.io',
  resource: 'tokenreviews',
  subresource: '',
};
const csrsUrl: BodyResource = {
  apiGroup: 'certificates.k8s.io',
  resource: 'certificatesigningrequests',
  subresource: '',
};

/** Characters that every encoding here writes with as many bytes as the other. */
const ALIKE = [
  ['Q', 'X'],
  ['Z', 'J'],
  ['4', '9'],
  ['"', '\\'],
  ['é', 'ß'],
  ['€', '你'],
  ['😀', '😎'],
];

/** Two secrets of one shape, different in every character. */
export const twoSecrets = fc
  .array(fc.tuple(fc.constantFrom(...ALIKE), fc.boolean()), {
    minLength: 8,
    maxLength: 30,
  })
  .map(parts => [
    parts.map(([pair, flip]) => pair[flip ? 1 : 0]).join(''),
    parts.map(([pair, flip]) => pair[flip ? 0 : 1]).join(''),
  ]);

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** What a secret would look like if it were shown. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    JSON.stringify(secret).slice(1, -1),
    JSON.stringify(secret)
      .slice(1, -1)
      .replace(
        /[^\0-~]/g,
        c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
    encodeURIComponent(secret),
  ];
}

/** A kind of body with a secret in it. */
export type Carrier = {
  /** The bodies for which the carrier's URL is not itself the sensitive one say their kind. */
  url: BodyResource;
  make: (secret: string) => unknown;
};

const kinds = fc.constantFrom('Secret', 'secret', 'SECRET', 'SecretList');
/** What comes before a secret moves it over the end of the excerpt. */
const padding = fc
  .oneof(fc.constant(0), fc.integer({ min: 3900, max: 4100 }))
  .map(length => 'p'.repeat(length));

/** An object with its fields in any order. */
export function shuffled(fields: Record<string, unknown>) {
  return fc
    .shuffledSubarray(Object.keys(fields), {
      minLength: Object.keys(fields).length,
    })
    .map(
      order => (value: Record<string, unknown>) =>
        Object.fromEntries(order.map(key => [key, value[key]])),
    );
}

const secretObject: fc.Arbitrary<(secret: string) => object> = fc
  .tuple(
    kinds,
    padding,
    shuffled({
      apiVersion: 0,
      kind: 0,
      metadata: 0,
      data: 0,
      stringData: 0,
      type: 0,
    }),
  )
  .map(([kind, pad, order]) => (secret: string) => {
    const data = { password: base64(secret), plain: secret };
    return order({
      apiVersion: 'v1',
      kind,
      metadata: {
        name: `visible${pad}`,
        annotations: {
          [LAST_APPLIED]: JSON.stringify({ stringData: { a: secret }, kind }),
        },
      },
      data,
      stringData: { list: [secret], nested: { [kind]: secret }, text: secret },
      type: 'Opaque',
    });
  });

export const withKind: fc.Arbitrary<Carrier> = fc
  .tuple(
    secretObject,
    fc.constantFrom<(object: object) => unknown>(
      object => object,
      object => ({ kind: 'List', items: [{ kind: 'Pod' }, object] }),
      object => ({ items: [{ items: [object], kind: 'List' }], kind: 'List' }),
      object => ({ spec: { manifest: object }, kind: 'Object' }),
      object => [{ op: 'add', path: '', value: object }],
      object => [{ value: object, path: '/spec/manifest', op: 'test' }],
      object => ({
        metadata: { annotations: { [LAST_APPLIED]: JSON.stringify(object) } },
      }),
      object => [
        {
          op: 'replace',
          path: '/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration',
          value: JSON.stringify(object),
        },
      ],
    ),
    fc.constantFrom(secretsUrl, podsUrl),
  )
  .map(([object, wrap, url]) => ({ url, make: s => wrap(object(s)) }));

export const withoutKind: fc.Arbitrary<Carrier> = fc
  .tuple(
    padding,
    fc.constantFrom<[BodyResource, (secret: string) => object]>(
      [secretsUrl, s => ({ data: { a: base64(s) } })],
      [secretsUrl, s => ({ data: s })],
      [secretsUrl, s => ({ data: [s, { a: s }] })],
      [secretsUrl, s => ({ stringData: { a: s, b: null }, $patch: 'merge' })],
      [secretsUrl, s => ({ '$setElementOrder/data': [s], $retainKeys: [s] })],
      [secretsUrl, s => ({ items: [{ data: { a: s } }] })],
      [podsUrl, s => ({ kind: 'TokenReview', spec: { token: s } })],
      [podsUrl, s => ({ status: { token: s }, kind: 'TokenRequest' })],
      [reviewsUrl, s => ({ spec: { token: s } })],
      [csrsUrl, s => ({ spec: { request: base64(s) } })],
      [csrsUrl, s => ({ status: { certificate: base64(s) } })],
      [
        { ...podsUrl, resource: 'serviceaccounts', subresource: 'token' },
        s => ({ status: { token: s } }),
      ],
    ),
  )
  .map(([pad, [url, make]]) => ({
    url,
    make: s => ({ metadata: { name: `visible${pad}` }, ...make(s) }),
  }));

export const inPatch: fc.Arbitrary<Carrier> = fc
  .tuple(
    fc.constantFrom('add', 'replace', 'test'),
    fc.constantFrom<[string, (secret: string) => unknown]>(
      ['/data/password', s => base64(s)],
      ['/data/a~1b', s => s],
      ['/data', s => ({ a: base64(s) })],
      ['/stringData/a', s => s],
      ['/stringData', s => ({ a: [s] })],
      ['', s => ({ data: { a: s } })],
      ['/', s => s],
      ['data/a', s => s],
      ['/metadata/annotations', s => ({ [LAST_APPLIED]: s })],
    ),
    fc.boolean(),
  )
  .map(([op, [path, value], valueFirst]) => ({
    url: secretsUrl,
    make: s => [
      { op: 'test', path: '/metadata/name', value: 'visible' },
      valueFirst
        ? { value: value(s), path, op }
        : { op, path, value: value(s) },
      { op: 'move', from: '/data/a', path: '/data/b' },
    ],
  }));

/** A way to write a body as bytes. */
export type Encoding = {
  contentType?: string;
  contentEncoding?: string;
  encode: (body: unknown, decoy: string) => Buffer;
};

const json = (body: unknown) => Buffer.from(JSON.stringify(body));
/** `data` as `d\u0061ta`, which is the same to a reader of JSON. */
const escapeKeys = (text: string) =>
  text.replace(
    /"(kind|data|stringData|token|request|certificate|value)":/g,
    (_, key: string) =>
      `"${key[0]}\\u${key
        .charCodeAt(1)
        .toString(16)
        .padStart(4, '0')}${key.slice(2)}":`,
  );
const yaml = { contentType: 'application/apply-patch+yaml' };

export const encodings: Record<string, Encoding> = {
  JSON: { encode: json },
  'indented JSON': {
    contentType: 'application/merge-patch+json',
    encode: body => Buffer.from(JSON.stringify(body, undefined, 2)),
  },
  'JSON with escaped keys': {
    encode: body => Buffer.from(escapeKeys(JSON.stringify(body))),
  },
  'JSON with keys that come twice': {
    encode: (body, decoy) =>
      Buffer.from(
        JSON.stringify(body).replace(
          /"(?:data|stringData|token|request|certificate|value)":/g,
          key => `${key}${JSON.stringify({ a: decoy })},${key}`,
        ),
      ),
  },
  'JSON as YAML': { ...yaml, encode: json },
  YAML: { ...yaml, encode: body => Buffer.from(stringify(body)) },
  'YAML in flow style': {
    ...yaml,
    encode: body =>
      Buffer.from(stringify(body, { collectionStyle: 'flow', lineWidth: 40 })),
  },
  'YAML of several documents': {
    ...yaml,
    encode: body =>
      Buffer.from(
        `kind: Pod\n---\n${stringify(body)}\n---\n${stringify(body)}`,
      ),
  },
  gzip: { contentEncoding: 'gzip', encode: body => gzipSync(json(body)) },
  'gzip without its header': { encode: body => gzipSync(json(body)) },
  deflate: {
    contentEncoding: 'deflate',
    encode: body => deflateSync(json(body)),
  },
  protobuf: {
    contentType: 'application/vnd.kubernetes.protobuf',
    encode: body => {
      const length = json(body).length;
      return Buffer.concat([
        Buffer.from('k8s\0\x0a\x0c\x0a\x02v1\x12\x06Secret\x12'),
        Buffer.from([(length % 128) + 128, Math.floor(length / 128)]),
        json(body),
      ]);
    },
  },
};
