import fc from 'fast-check';
import { describeBody } from './describeBody';
import { RequestBodyCapture } from './RequestBodyCapture';

const LIMIT = 3 * 1024 * 1024;
const secrets = { apiGroup: '', resource: 'secrets', subresource: '' };
const pods = { apiGroup: '', resource: 'pods', subresource: '' };

function describeText(
  body: string | Buffer,
  resource = pods,
  contentType = 'application/json',
) {
  const capture = RequestBodyCapture.create(LIMIT);
  capture.push(Buffer.from(body));
  return describeBody(capture, contentType, resource);
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

  it('tells of what it cannot parse only type and length', () => {
    expect(
      describeText(
        Buffer.from('6b3873000a0c0a0276311206536563726574', 'hex'),
        pods,
        'application/vnd.kubernetes.protobuf',
      ).requestBody,
    ).toBe('# not recorded: application/vnd.kubernetes.protobuf, 18 bytes\n');
    expect(describeText('{"data": {"a": "hunter2"').requestBody).toBe(
      '# not recorded: application/json, 24 bytes\n',
    );
  });

  it('has nothing to say of no body', () => {
    expect(
      describeBody(RequestBodyCapture.create(LIMIT), undefined, pods),
    ).toEqual({});
  });

  describe('shows no byte of a secret', () => {
    const secretText = fc.stringMatching(/^[A-Za-z0-9]{12,40}$/);
    const object = (value: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 's',
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({
            kind: 'Secret',
            stringData: { password: value },
          }),
        },
      },
      data: { password: Buffer.from(value).toString('base64') },
      stringData: { password: value },
    });
    const cases: Record<
      string,
      [(value: string) => unknown, typeof secrets, string?]
    > = {
      'in an object': [object, secrets],
      'in an object posted elsewhere': [object, pods],
      'in a list': [v => ({ kind: 'List', items: [object(v)] }), pods],
      'in a merge patch': [
        v => ({ stringData: { password: v } }),
        secrets,
        'application/merge-patch+json',
      ],
      'in a patch that replaces all data': [
        v => ({ data: v }),
        secrets,
        'application/strategic-merge-patch+json',
      ],
      'in a JSON patch': [
        v => [{ op: 'replace', path: '/data/password', value: v }],
        secrets,
        'application/json-patch+json',
      ],
      'in a JSON patch of the whole': [
        v => [{ op: 'replace', path: '', value: { data: { a: v } } }],
        secrets,
        'application/json-patch+json',
      ],
      'in the last applied configuration of a ConfigMap patch': [
        v => [
          {
            op: 'add',
            path: '/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration',
            value: v,
          },
        ],
        secrets,
        'application/json-patch+json',
      ],
      'in a token review': [
        v => ({ kind: 'TokenReview', spec: { token: v } }),
        {
          apiGroup: 'authentication.k8s.io',
          resource: 'tokenreviews',
          subresource: '',
        },
      ],
      'in a bare string': [v => v, secrets],
    };

    it.each(Object.entries(cases))('%s', (_, [make, resource, type]) => {
      fc.assert(
        fc.property(secretText, value => {
          const shown =
            describeText(JSON.stringify(make(value)), resource, type)
              .requestBody ?? '';
          expect(shown).not.toBe('');
          expect(shown).not.toContain(value);
          expect(shown).not.toContain(
            Buffer.from(value).toString('base64').replace(/=+$/, ''),
          );
        }),
      );
    });
  });
});
