import { httpProxyFor } from './httpProxyFor';

const proxy = 'http://user:word@proxy.example.com:3128';
const of = (url: string, environment: Record<string, string>) =>
  httpProxyFor(new URL(url), environment)?.href;

describe('httpProxyFor', () => {
  it.each([
    [{ HTTPS_PROXY: proxy }],
    [{ https_proxy: proxy, HTTPS_PROXY: 'http://other' }],
    [{ ALL_PROXY: proxy }],
    [{ HTTPS_PROXY: proxy, NO_PROXY: 'example.com,other.example' }],
    [{ HTTPS_PROXY: proxy, NO_PROXY: 'k8s.example.org:443' }],
  ])('finds it in %j', environment => {
    expect(of('https://k8s.example.org:6443', environment)).toBe(`${proxy}/`);
  });

  it.each([
    [{}],
    [{ HTTP_PROXY: proxy }],
    [{ HTTPS_PROXY: '' }],
    [{ HTTPS_PROXY: proxy, NO_PROXY: '*' }],
    [{ HTTPS_PROXY: proxy, no_proxy: 'a, .example.org' }],
    [{ HTTPS_PROXY: proxy, NO_PROXY: 'K8S.example.org' }],
    [{ HTTPS_PROXY: proxy, NO_PROXY: '*.example.org:6443' }],
  ])('finds none in %j', environment => {
    expect(of('https://k8s.example.org:6443', environment)).toBeUndefined();
  });

  it('understands an address without a scheme, and no other kind of proxy', () => {
    expect(of('https://a', { HTTPS_PROXY: 'proxy:3128' })).toBe(
      'http://proxy:3128/',
    );
    expect(() => of('https://a', { HTTPS_PROXY: 'socks5://proxy' })).toThrow(
      'names no HTTP proxy',
    );
  });
});
