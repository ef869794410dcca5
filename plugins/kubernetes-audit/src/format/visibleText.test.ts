import { visibleText } from './visibleText';

describe('visibleText', () => {
  it.each([
    ['web\u202egpj.x', 'web\\u{202E}gpj.x'],
    ['def\u200bault\u2066', 'def\\u{200B}ault\\u{2066}'],
    ['\u001b[2Ja\rb\0', '\\u{1B}[2Ja\\u{D}b\\u{0}'],
    ['a\u2028b\ufeff\u00ad', 'a\\u{2028}b\\u{FEFF}\\u{AD}'],
    ['x\u{e0041}\ud800', 'x\\u{E0041}\\u{D800}'],
  ])('writes what would not be seen in %j', (text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  it('leaves all else as it is', () => {
    const text = 'kind: Pod\n\tjürgen 名前 שלום 👍';
    expect(visibleText(text)).toBe(text);
  });
});
