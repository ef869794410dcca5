import { nameKeys } from './KeystrokeOverlay';

describe('nameKeys', () => {
  it.each([
    ['ls\r', 'ls⏎'],
    ['\x1b[A\x1bOB', '↑↓'],
    ['\x03\x7f\t', '^C⌫⇥'],
    ['\x1b:q', 'Esc:q'],
    ['a b', 'a␣b'],
    ['→', '→'],
  ])('calls %j %s', (text, named) => {
    expect(nameKeys(text)).toBe(named);
  });
});
