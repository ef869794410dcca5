import { tokenizeYaml } from './tokenizeYaml';

const SAMPLE = `# made by hand
apiVersion: v1
kind: ConfigMap
metadata:
  labels: {app: "a: b", 'tier': web}
spec:
  replicas: 3
  paused: false # for now
  containers:
    - name: 'api'
      args: ["--port", 8080]
  script: |
    key: not a key
    # not a comment

  last: plain text, with a comma
- "quoted": null
`;

const kinds = (source: string, kind: string) =>
  tokenizeYaml(source)
    .filter(token => token.kind === kind)
    .map(token => token.text.trim());

describe('tokenizeYaml', () => {
  it('tells keys, literals and comments apart', () => {
    expect(kinds(SAMPLE, 'key')).toEqual([
      'apiVersion',
      'kind',
      'metadata',
      'labels',
      "'tier'",
      'spec',
      'replicas',
      'paused',
      'containers',
      'name',
      'args',
      'script',
      'last',
      '"quoted"',
    ]);
    expect(kinds(SAMPLE, 'literal')).toEqual(['3', 'false', '8080', 'null']);
    expect(kinds(SAMPLE, 'comment')).toEqual(['# made by hand', '# for now']);
  });

  it('reads JSON', () => {
    const json = JSON.stringify({ a: { b: [1, 'x'], c: true } }, undefined, 2);
    expect(kinds(json, 'key')).toEqual(['"a"', '"b"', '"c"']);
    expect(kinds(json, 'literal')).toEqual(['1', 'true']);
    expect(kinds(json, 'string')).toEqual(['"x"']);
  });

  it('loses nothing, wherever the text was cut', () => {
    for (let end = 0; end <= SAMPLE.length; end++) {
      const cut = SAMPLE.slice(0, end);
      expect(
        tokenizeYaml(cut)
          .map(({ text }) => text)
          .join(''),
      ).toBe(cut);
    }
  });
});
