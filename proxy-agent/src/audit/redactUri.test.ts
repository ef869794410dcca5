import fc from 'fast-check';
import { redactUri } from './redactUri';

const HIDDEN = '%5Bredacted%5D';

describe('redactUri', () => {
  it.each([
    '/api/v1/namespaces/dev/secrets/db-token?watch=true&limit=500',
    '/api/v1/pods?fieldSelector=metadata.name%3Dtoken&labelSelector=a%3Db',
    '/api/v1/pods?continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ&resourceVersion=1',
    '/api/v1/namespaces/dev/pods/web/exec?command=sh&command=-c&stdin=true',
    '/a?author=a&design=b&assignee=c&signal=d&authority=e',
    '/apis',
    '/apis?',
    '/apis?pretty',
  ])('leaves %s as it is', uri => {
    expect(redactUri(uri)).toBe(uri);
  });

  it.each([
    ['token=abc', `token=${HIDDEN}`],
    ['a=1&Access_Token=abc&b=2', `a=1&Access_Token=${HIDDEN}&b=2`],
    ['db-password=a=b', `db-password=${HIDDEN}`],
    ['%74%6Fken=abc', `%74%6Fken=${HIDDEN}`],
    ['%2574oken=abc', `%2574oken=${HIDDEN}`],
    ['x%5Bapi_key%5D=abc', `x%5Bapi_key%5D=${HIDDEN}`],
    ['X-Amz-Signature=abc', `X-Amz-Signature=${HIDDEN}`],
    ['sv=2024&sig=a%2Fb%3D', `sv=2024&sig=${HIDDEN}`],
    ['x%5Bsig%5D=abc', `x%5Bsig%5D=${HIDDEN}`],
    ['pwd=abc', `pwd=${HIDDEN}`],
    ['dbPwd=abc', `dbPwd=${HIDDEN}`],
    ['auth=abc', `auth=${HIDDEN}`],
    ['X-Auth=abc', `X-Auth=${HIDDEN}`],
    ['authKey=abc', `authKey=${HIDDEN}`],
    ['jwt=abc', `jwt=${HIDDEN}`],
    ['Bearer=abc', `Bearer=${HIDDEN}`],
    ['a=1;token=abc;def&b=2', `a=1;token=${HIDDEN}&b=2`],
    ['a=1?token=abc', `a=1?token=${HIDDEN}`],
    ['%zz=abc', `%zz=${HIDDEN}`],
    ['x=eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln&y=1', `x=${HIDDEN}&y=1`],
  ])('shows ?%s as ?%s', (query, shown) => {
    expect(redactUri(`/a?${query}`)).toBe(`/a?${shown}`);
  });

  it.each([
    ['/a/eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln/b', `/a/${HIDDEN}/b`],
    [
      '/a?x=Bearer%20eyJhbGciOi.eyJzdWIi.c2ln&b=1',
      `/a?x=Bearer%20${HIDDEN}&b=1`,
    ],
    ['/a?x=_eyJhbGciOi.eyJzdWIi.', `/a?x=_${HIDDEN}`],
    ['/a?x=eyJhbGciOi.eyJzdWIi', '/a?x=eyJhbGciOi.eyJzdWIi'],
  ])('shows %s as %s', (uri, shown) => {
    expect(redactUri(uri)).toBe(shown);
  });

  it('hides what an exec runs when asked to', () => {
    expect(
      redactUri('/exec?command=sh&container=main&%63ommand=-c%20hunter2', {
        hideCommand: true,
      }),
    ).toBe(`/exec?command=${HIDDEN}&container=main&%63ommand=${HIDDEN}`);
  });

  it('shows no secret, however its name is encoded and wherever it stands', () => {
    const encoded = (name: string) =>
      fc
        .array(fc.boolean(), { minLength: name.length, maxLength: name.length })
        .map(flags =>
          [...name]
            .map((c, i) => (flags[i] ? `%${c.charCodeAt(0).toString(16)}` : c))
            .join(''),
        );
    const harmless = fc.constantFrom(
      'watch=true',
      'a',
      '',
      '=',
      'b=%zz',
      'c;d',
    );
    fc.assert(
      fc.property(
        fc.constantFrom('token', 'Password', 'client_secret').chain(encoded),
        fc.stringMatching(/^[QXZ;=%?]{8,20}$/),
        fc.array(harmless),
        fc.array(harmless),
        (name, secret, before, after) => {
          const uri = `/a?${[...before, `${name}=${secret}`, ...after].join(
            '&',
          )}`;
          const shown = redactUri(uri);
          expect(shown).not.toMatch(/[QXZ]/);
          expect(shown.endsWith(after.map(part => `&${part}`).join(''))).toBe(
            true,
          );
        },
      ),
    );
  });

  it('is of bounded length', () => {
    expect(redactUri(`/${'a'.repeat(20_000)}`)).toHaveLength(16 * 1024);
  });
});
