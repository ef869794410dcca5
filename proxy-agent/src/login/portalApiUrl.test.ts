import { PLUGIN_ID } from 'backstage-plugin-kubernetes-audit-common';
import { portalApiUrl } from './portalApiUrl';

const API = `/api/${PLUGIN_ID}`;

describe('portalApiUrl', () => {
  it.each([
    ['https://portal.example.com', `https://portal.example.com${API}`],
    ['https://portal.example.com/', `https://portal.example.com${API}`],
    [`https://portal.example.com${API}`, `https://portal.example.com${API}`],
    ['https://example.com/portal/', `https://example.com/portal${API}`],
    ['http://localhost:7007', `http://localhost:7007${API}`],
    ['http://127.0.0.1:7007', `http://127.0.0.1:7007${API}`],
    ['http://127.8.8.8:7007', `http://127.8.8.8:7007${API}`],
    ['http://[::1]:7007', `http://[::1]:7007${API}`],
    ['http://[::ffff:127.0.0.1]', `http://[::ffff:7f00:1]${API}`],
  ])('%s is %s', (text, url) => {
    expect(portalApiUrl(text, false)).toBe(url);
  });

  it.each([
    'http://portal.example.com',
    'http://localhost.example.com',
    'http://10.0.0.1',
    'http://[fe80::1]',
  ])('sends no credential over plain HTTP unless it is told to: %s', text => {
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
