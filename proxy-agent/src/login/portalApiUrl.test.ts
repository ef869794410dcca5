import { portalApiUrl } from './portalApiUrl';

const API = '/api/kubernetes-audit';

describe('portalApiUrl', () => {
  it.each([
    ['https://portal.example.com', `https://portal.example.com${API}`],
    ['https://portal.example.com/', `https://portal.example.com${API}`],
    [`https://portal.example.com${API}`, `https://portal.example.com${API}`],
    ['https://example.com/portal/', `https://example.com/portal${API}`],
    ['http://localhost:7007', `http://localhost:7007${API}`],
    ['http://127.0.0.1:7007', `http://127.0.0.1:7007${API}`],
    ['http://[::1]:7007', `http://[::1]:7007${API}`],
  ])('%s is %s', (text, url) => {
    expect(portalApiUrl(text, false)).toBe(url);
  });

  it('sends no credential over plain HTTP unless it is told to', () => {
    const text = 'http://portal.example.com';
    expect(() => portalApiUrl(text, false)).toThrow('--allow-http');
    expect(portalApiUrl(text, true)).toBe(`${text}${API}`);
  });

  it.each(['portal.example.com', 'file:///etc/passwd', ''])(
    'takes no %s',
    text => {
      expect(() => portalApiUrl(text, true)).toThrow('is no address');
    },
  );
});
