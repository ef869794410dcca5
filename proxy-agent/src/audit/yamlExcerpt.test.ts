import fc from 'fast-check';
import { parse } from 'yaml';
import { cutAtCharacter, yamlExcerpt } from './yamlExcerpt';

describe('yamlExcerpt', () => {
  it('writes an object as people write YAML', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', labels: { app: 'web', 'a/b': 'yes' } },
      spec: {
        containers: [
          { name: 'main', image: 'shell:1', args: ['-c', 'echo a: b'] },
          { name: 'side', ports: [{ containerPort: 80 }], env: [] },
        ],
      },
      script: 'line 1\n  line 2\n',
      empty: {},
      none: null,
    };
    expect(yamlExcerpt([pod], 4096).text).toBe(`apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    app: web
    a/b: "yes"
spec:
  containers:
  - name: main
    image: "shell:1"
    args:
    - "-c"
    - "echo a: b"
  - name: side
    ports:
    - containerPort: 80
    env: []
script: |
  line 1
    line 2
empty: {}
none: null
`);
  });

  it('means what it was given, whatever that is', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 }),
        value => {
          const { text, truncated } = yamlExcerpt([value], 1_000_000);
          expect(truncated).toBe(false);
          expect(parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('means what it was given for texts of several lines', () => {
    const text = fc
      .array(fc.constantFrom('a', ' ', '\n', '#', ':', '-', '\t', '|', 'é'))
      .map(parts => parts.join(''));
    fc.assert(
      fc.property(fc.array(fc.record({ k: text })), value => {
        expect(parse(yamlExcerpt([value], 1_000_000).text)).toEqual(value);
      }),
      { numRuns: 2000 },
    );
  });

  it('stops at the limit, between characters, and says so', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.string({ unit: 'binary' })),
        fc.integer({ min: 0, max: 60 }),
        (value, limit) => {
          const whole = yamlExcerpt([value], 1_000_000).text;
          const { text, truncated } = yamlExcerpt([value], limit);
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
          expect(truncated).toBe(Buffer.byteLength(whole) > limit);
          expect(whole.startsWith(text)).toBe(true);
        },
      ),
    );
  });
});

describe('cutAtCharacter', () => {
  it('never cuts a character in two', () => {
    expect(cutAtCharacter('a€b', 4)).toBe('a€');
    expect(cutAtCharacter('a€b', 3)).toBe('a');
    expect(cutAtCharacter('a😀', 4)).toBe('a');
  });
});
