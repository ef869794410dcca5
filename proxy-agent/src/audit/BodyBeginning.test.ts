import fc from 'fast-check';
import { BodyBeginning } from './BodyBeginning';

function begin(body: unknown, maxBytes = 4096) {
  const beginning = BodyBeginning.create(maxBytes);
  beginning.push(
    Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  );
  return beginning.excerpt;
}

describe('BodyBeginning', () => {
  it('shows what has nothing to do with secrets as it is', () => {
    const word = fc.stringMatching(/^[b-z]{2,8}$/);
    fc.assert(
      fc.property(
        fc.dictionary(
          word.filter(key => !/^(?:kind|token|request|value)$/.test(key)),
          fc.jsonValue({ maxDepth: 3 }).filter(value => {
            const json = JSON.stringify(value);
            return json.length < 400 && !/"(?:kind|data|token)"/i.test(json);
          }),
          { maxKeys: 5 },
        ),
        value => {
          expect(begin(value)).toEqual({
            value: JSON.parse(JSON.stringify(value)),
            isWhole: true,
          });
        },
      ),
    );
  });

  it('stops when it has enough, and keeps no more', () => {
    const excerpt = begin({ items: Array(1000).fill('0123456789') }, 100);
    expect(excerpt?.isWhole).toBe(false);
    expect(JSON.stringify(excerpt?.value).length).toBeLessThan(200);
  });

  it('needs neither the kind nor the end of a body to hide what may be secret', () => {
    const rest = 'x'.repeat(5000);
    expect(
      begin({
        data: { a: 'hunter2', b: { c: 'hunter2' }, d: null },
        stringData: 'hunter2',
        '$setElementOrder/data': ['hunter2'],
        spec: { token: 'hunter2', request: 7, args: ['shown'] },
        status: { certificate: ['hunter2'], replicas: 2 },
        rest,
      })?.value,
    ).toMatchObject({
      data: { a: '[redacted]', b: '[redacted]', d: null },
      stringData: '[redacted]',
      '$setElementOrder/data': '[redacted]',
      spec: { token: '[redacted]', request: '[redacted]', args: ['shown'] },
      status: { certificate: '[redacted]', replicas: 2 },
    });
  });

  it('hides annotations that repeat an object or carry a credential', () => {
    expect(
      begin({
        metadata: {
          annotations: {
            'kubectl.kubernetes.io/last-applied-configuration': 'hunter2',
            'example.com/original': 'hunter2',
            'example.com/json': ' {"data":{"a":"hunter2"}}',
            'openshift.io/token-secret.value': 'hunter2',
            'example.com/object': { a: 'hunter2' },
            'example.com/team': 'payments',
          },
        },
      })?.value,
    ).toEqual({
      metadata: {
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': '[redacted]',
          'example.com/original': '[redacted]',
          'example.com/json': '[redacted]',
          'openshift.io/token-secret.value': '[redacted]',
          'example.com/object': '[redacted]',
          'example.com/team': 'payments',
        },
      },
    });
  });

  it('hides the values of a JSON patch', () => {
    expect(
      begin([
        { value: 'hunter2', op: 'add', path: '/data/a' },
        { op: 'test', path: '', value: { data: { a: 'hunter2' } } },
        { op: 'move', from: '/a', path: '/b' },
      ])?.value,
    ).toEqual([
      { value: '[redacted]', op: 'add', path: '/data/a' },
      { op: 'test', path: '', value: '[redacted]' },
      { op: 'move', from: '/a', path: '/b' },
    ]);
  });

  it.each([
    ['is a Secret', { metadata: { name: 's' }, data: {}, kind: 'Secret' }],
    ['is a list of them', { items: [], Kind: 'secretlist' }],
    ['has one among others', { items: [{ kind: 'Pod' }, { kind: 'SECRET' }] }],
    ['is a token review', { kind: 'TokenReview' }],
    ['is not JSON', 'data: hunter2'],
    ['is not whole', '{"metadata": {"name": "web"}'],
    ['goes on after its end', '{} {"data": 1}'],
  ])('shows nothing of a body that %s', (_, body) => {
    expect(begin(body)).toBeUndefined();
  });

  it('takes __proto__ for a key like any other', () => {
    const excerpt = begin('{"__proto__":{"a":1},"b":2}');
    expect(Object.keys(excerpt?.value ?? {})).toEqual(['__proto__', 'b']);
  });
});
