import fc from 'fast-check';
import { InvalidRequestUrlError } from './InvalidRequestUrlError';
import { parseRequestInfo } from './RequestInfo';
import {
  NON_RESOURCE_CASES,
  REFUSED_URLS,
  RESOURCE_CASES,
} from './requestInfoCases';

describe('parseRequestInfo', () => {
  it.each(RESOURCE_CASES)(
    'reads %s %s as %s',
    (
      method,
      url,
      verb,
      ...[group, version, ns, resource, sub, name, parts]
    ) => {
      const { path, apiPrefix, ...info } = parseRequestInfo(method, url);
      expect(info).toEqual({
        isResourceRequest: true,
        verb,
        apiGroup: group,
        apiVersion: version,
        namespace: ns,
        resource,
        subresource: sub,
        name,
        parts: parts.split('/'),
      });
      expect(apiPrefix).toBe(group === '' ? 'api' : 'apis');
      expect(path.startsWith(`/${apiPrefix}/`)).toBe(true);
    },
  );

  it.each(NON_RESOURCE_CASES)(
    'takes %s %s for no resource',
    (method, url, verb, path) => {
      expect(parseRequestInfo(method, url)).toEqual({
        isResourceRequest: false,
        path,
        verb,
        apiPrefix: '',
        apiGroup: '',
        apiVersion: '',
        namespace: '',
        resource: '',
        subresource: '',
        name: '',
        parts: [],
      });
    },
  );

  it.each(REFUSED_URLS)('refuses %j', url => {
    expect(() => parseRequestInfo('GET', url)).toThrow(InvalidRequestUrlError);
  });

  it('refuses more parameters than an API server reads', () => {
    const url = (count: number) =>
      `/api/v1/pods?fieldSelector=metadata.name%3Dweb${'&a'.repeat(count - 1)}`;
    expect(parseRequestInfo('GET', url(10_000)).name).toBe('web');
    expect(() => parseRequestInfo('GET', url(10_001))).toThrow(
      InvalidRequestUrlError,
    );
  });

  it('keeps the slash at the end in the path', () => {
    const { path } = parseRequestInfo('GET', '/api/v1/n%61mespaces/?x=/..');
    expect(path).toBe('/api/v1/namespaces/');
  });

  it('reads the same of a path however it is escaped', () => {
    const segment = fc.stringMatching(/^[a-z][a-z0-9.:-]{0,8}$/);
    fc.assert(
      fc.property(
        fc.array(segment, { minLength: 1, maxLength: 8 }),
        fc.infiniteStream(fc.boolean()),
        (segments, escapes) => {
          const plain = `/api/v1/${segments.join('/')}`;
          const escaped = Array.from(plain, character =>
            character !== '/' && escapes.next().value
              ? `%${character.charCodeAt(0).toString(16)}`
              : character,
          ).join('');
          const read = (url: string) => {
            try {
              return parseRequestInfo('GET', url);
            } catch (error) {
              return error;
            }
          };
          expect(read(escaped)).toEqual(read(plain));
        },
      ),
    );
  });

  it('either refuses a URL or agrees with a strict URL parser on it', () => {
    const piece = fc.constantFrom(
      ...['api', 'v1', 'pods', '..', '.', '%2e', '%2f', '%', '/', '/', '\\'],
      ...['a', '%41', '?', '#', '//', '@', ':', '\t', 'é'],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
        const url = `/${pieces.join('')}`;
        const read = pathOf(url);
        if (read instanceof InvalidRequestUrlError) {
          return;
        }
        const parsed = new URL(url, 'http://cluster.example');
        expect({
          host: parsed.host,
          path: decodeURIComponent(parsed.pathname),
        }).toEqual({ host: 'cluster.example', path: read });
      }),
      { numRuns: 2000 },
    );
  });
});

/** The path of a request, or the error. */
function pathOf(url: string): unknown {
  try {
    return parseRequestInfo('GET', url).path;
  } catch (error) {
    return error;
  }
}
