import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describeBody } from './describeBody';
import { RequestBodyCapture } from './RequestBodyCapture';

const LIMIT = 3 * 1024 * 1024;
const secrets = { apiGroup: '', resource: 'secrets', subresource: '' };
const pods = { apiGroup: '', resource: 'pods', subresource: '' };

function describeText(
  body: string | Buffer,
  resource = pods,
  contentType: string | undefined = 'application/json',
  limit = LIMIT,
  contentEncoding?: string,
) {
  const capture = RequestBodyCapture.create(limit);
  capture.push(Buffer.from(body));
  return describeBody(capture, contentType, resource, contentEncoding);
}

describe('describeBody', () => {
  it('shows a body as YAML', () => {
    expect(describeText('{"kind":"Pod","metadata":{"name":"web"}}')).toEqual({
      requestBody: 'kind: Pod\nmetadata:\n  name: web\n',
      requestBodyTruncated: false,
      requestBodySize: 40,
    });
  });

  it('cuts at 4096 bytes and tells the whole size', () => {
    const body = JSON.stringify({ text: '€'.repeat(5000) });
    const fields = describeText(body);
    expect(fields.requestBodyTruncated).toBe(true);
    expect(fields.requestBodySize).toBe(Buffer.byteLength(body));
    const bytes = Buffer.byteLength(fields.requestBody ?? '');
    expect(bytes).toBeGreaterThan(4096 - 3);
    expect(bytes).toBeLessThanOrEqual(4096);
    expect(fields.requestBody).not.toContain('\ufffd');
  });

  it.each([
    ['what is cut off', '{"data": {"a": "hunter2"', undefined],
    ['a text alone', '"hunter2"', undefined],
    ['a text alone in YAML', 'hunter2', 'application/yaml'],
    ['YAML under another type', 'data: {a: hunter2}', undefined],
    [
      'a tag that means something to others',
      'a: !!binary aHVudGVyMg==',
      'application/yaml',
    ],
    // An API server puts the second into the first: the pod is privileged.
    [
      'a key twice in JSON',
      '{"spec":{"hostPID":true,"a":"hunter2"},"spec":{}}',
      undefined,
    ],
    [
      'a key twice in JSON as YAML',
      '{"spec": {"a": "hunter2"}, "\\u0073pec": {":": 1}}',
      'application/apply-patch+yaml',
    ],
    ['a key twice in YAML', 'a: hunter2\na: hunter2', 'application/yaml'],
    [
      'an alias that grows',
      `a: &a [1, 2]\nb: &b [${'*a,'.repeat(99)}]\nc: [${'*b,'.repeat(99)}]`,
      'application/yaml',
    ],
    [
      'an object as a key',
      'kind: Secret\n? {data: {a: hunter2}}\n: x\n',
      'application/yaml',
    ],
    [
      'an object as a key by its alias',
      'kind: Pod\nx: &x {a: hunter2}\n? *x\n: x\n',
      'application/yaml',
    ],
    [
      'a merge, which may overwrite the kind or not',
      'spec: {kind: Pod, data: {a: hunter2}, <<: {kind: Secret}}',
      'application/yaml',
    ],
    ...Object.entries({
      'a carriage return': '\r',
      'a next line': '\x85',
      'a line separator': '\u2028',
      'a paragraph separator': '\u2029',
    }).map<[string, string, string]>(([name, lineBreak]) => [
      `${name}, behind which Kubernetes sees a field`,
      `kind: Secret\nmetadata:\n  name: |\n    a${lineBreak}data: {a: hunter2}\n`,
      'application/yaml',
    ]),
    [
      'a byte order mark in the middle',
      'spec:\n\ufeff  kind: Secret\n  data: {a: hunter2}\n',
      'application/yaml',
    ],
    ['an empty document', '---\n---\n', 'application/yaml'],
    [
      'UTF-16',
      Buffer.from('\ufeffdata: hunter2', 'utf16le'),
      'application/yaml',
    ],
    [
      'UTF-16 without its mark',
      Buffer.from('{data: hunter2}', 'utf16le'),
      'application/yaml',
    ],
    ['no UTF-8', Buffer.from('{"a":"\xff"}', 'latin1'), undefined],
    [
      'other bytes',
      Buffer.from([0x6b, 0x38, 0x73, 0, 0xff, 0xff]),
      'application/vnd.kubernetes.protobuf',
    ],
    ['CBOR', Buffer.from('d9d9f7a0', 'hex'), 'application/cbor'],
    [
      'what nests too deep',
      `${'['.repeat(9000)}${']'.repeat(9000)}`,
      undefined,
    ],
    ['a form', 'token=hunter2', 'application/x-www-form-urlencoded'],
  ])('tells of %s only type and length', (_, body, contentType) => {
    expect(describeText(body, pods, contentType)).toEqual({
      requestBody: `# not recorded: ${
        contentType ?? 'application/json'
      }, ${Buffer.byteLength(body)} bytes\n`,
      requestBodyTruncated: false,
      requestBodySize: Buffer.byteLength(body),
    });
  });

  it.each([LIMIT, 10])(
    'tells only type and length of what goes to an application, limit %d',
    limit => {
      const service = { ...pods, resource: 'services', subresource: 'proxy' };
      expect(
        describeText('{"login":"hunter2"}', service, undefined, limit)
          .requestBody,
      ).toBe('# not recorded: application/json, 19 bytes\n');
    },
  );

  it('shows no type that is none', () => {
    expect(describeText('x', pods, 'a\nb: c').requestBody).toBe(
      '# not recorded: unknown, 1 bytes\n',
    );
  });

  it('tells of protobuf what it is, and how much', () => {
    // `kubectl create secret generic s -n dev --from-literal=key=value` and
    // `kubectl create ns made`, 1.32
    const secret = Buffer.from(
      '6b3873000a0c0a027631120653656372657412260a140a017312001a036465762200' +
        '2a00320038004200120c0a036b6579120576616c75651a001a002200',
      'hex',
    );
    const namespace = Buffer.from(
      '6b3873000a0f0a02763112094e616d657370616365121c0a140a046d61646512001a' +
        '0022002a0032003800420012001a020a001a002200',
      'hex',
    );
    const type = 'application/vnd.kubernetes.protobuf';
    expect(describeText(secret, secrets, type)).toEqual({
      requestBody:
        'apiVersion: v1\nkind: Secret\n# binary content: protobuf, 38 bytes\n',
      requestBodyTruncated: false,
      requestBodySize: secret.length,
    });
    const shown =
      'apiVersion: v1\nkind: Namespace\n# binary content: protobuf, 28 bytes\n';
    expect(describeText(namespace, pods, type).requestBody).toBe(shown);
    expect(describeText(namespace, pods, type, 40).requestBody).toBe(shown);
    expect(describeText(secret, secrets, type, 40).requestBody).toBe(
      `# not recorded: ${type}, ${secret.length} bytes\n`,
    );
  });

  it('reads YAML, of several documents, with aliases', () => {
    expect(
      describeText(
        'kind: Pod\n---\nx: &x {kind: &k Secret}\nkind: *k\ndata: {a: hunter2}\n',
        pods,
        'application/yaml; charset=utf-8',
      ).requestBody,
    ).toBe(
      'kind: Pod\n---\nx:\n  kind: "[redacted]"\nkind: Secret\ndata:\n  a: "[redacted]"\n',
    );
  });

  it.each([
    'application/json',
    'application/apply-patch+yaml',
    'application/merge-patch+json',
    'application/strategic-merge-patch+json',
    'text/plain',
  ])('reads JSON as %s, however long', contentType => {
    const body = JSON.stringify({ kind: 'Pod', args: Array(90_000).fill('a') });
    expect(describeText(body, pods, contentType)).toEqual({
      requestBody: expect.stringMatching(/^kind: Pod\nargs:\n- a\n- a\n/),
      requestBodyTruncated: true,
      requestBodySize: body.length,
    });
  });

  it('takes brackets in a text for no nesting', () => {
    const body = JSON.stringify({ a: `\\"${'['.repeat(9000)}`, b: [[]] });
    expect(describeText(body).requestBody).toContain('[[[[');
  });

  it('does not spend its time on long YAML', () => {
    const body = `kind: Pod\nargs:\n${'- a\n'.repeat(20_000)}`;
    expect(describeText(body, pods, 'application/yaml').requestBody).toBe(
      `# not recorded: application/yaml, ${body.length} bytes\n`,
    );
  });

  it('counts nested entries, too, until the text is full', () => {
    const body = JSON.stringify(Array(3000).fill([[1], [[]]]));
    const fields = describeText(body);
    expect(fields.requestBodyTruncated).toBe(true);
    expect(Buffer.byteLength(fields.requestBody ?? '')).toBe(4096);
  });

  describe('of a body that is encoded', () => {
    const body = '{"kind":"Pod"}';

    it.each([
      ['gzip', gzipSync(body)],
      [undefined, gzipSync(body)],
      ['deflate', deflateSync(body)],
    ])('reads %s', (encoding, content) => {
      expect(describeText(content, pods, undefined, LIMIT, encoding)).toEqual({
        requestBody: 'kind: Pod\n',
        requestBodyTruncated: false,
        requestBodySize: content.length,
      });
    });

    it('tells only type and length of another encoding, and of what grows too much', () => {
      expect(
        describeText(brotliCompressSync(body), pods, undefined, LIMIT, 'br')
          .requestBody,
      ).toMatch(/^# not recorded: application\/json, \d+ bytes\n$/);
      expect(
        describeText(gzipSync(`[${' '.repeat(LIMIT)}]`)).requestBody,
      ).toMatch(/^# not recorded: application\/json, \d+ bytes\n$/);
    });
  });

  describe('above the limit', () => {
    const pod = {
      kind: 'Pod',
      metadata: { name: 'web' },
      spec: { args: Array(2000).fill('abc') },
    };

    it('shows the beginning', () => {
      const fields = describeText(JSON.stringify(pod), pods, undefined, 100);
      expect(fields.requestBody).toContain(
        'kind: Pod\nmetadata:\n  name: web\nspec:\n  args:\n  - abc\n',
      );
      expect(fields.requestBodyTruncated).toBe(true);
      expect(fields.requestBodySize).toBe(JSON.stringify(pod).length);
      expect(Buffer.byteLength(fields.requestBody ?? '')).toBe(4096);
    });

    it('is not cut when all that is long is hidden', () => {
      const body = {
        metadata: { name: 'c' },
        data: { a: 'x'.repeat(9000) },
        kind: 'ConfigMap',
      };
      expect(
        describeText(JSON.stringify(body), pods, undefined, 100),
      ).toMatchObject({
        requestBody:
          'metadata:\n  name: c\ndata:\n  a: "[redacted]"\nkind: ConfigMap\n',
        requestBodyTruncated: false,
      });
    });

    it.each([
      ['of a sensitive URL', pod, secrets],
      ['of a sensitive kind', { ...pod, kind: 'Secret' }, pods],
      [
        'of a sensitive kind after its data',
        { data: { a: 'x'.repeat(9000) }, kind: 'Secret' },
        pods,
      ],
      ['that is not JSON', 'args:\n- abc\n- abc', pods],
      ['that is not whole', '{"args": ["abc", "abc"', pods],
    ])('tells the length alone of a body %s', (_, body, resource) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      expect(describeText(text, resource, undefined, 10).requestBody).toBe(
        `# not recorded: application/json, ${text.length} bytes\n`,
      );
    });
  });

  it('has nothing to say of no body', () => {
    expect(
      describeBody(RequestBodyCapture.create(LIMIT), undefined, pods),
    ).toEqual({});
  });
});
