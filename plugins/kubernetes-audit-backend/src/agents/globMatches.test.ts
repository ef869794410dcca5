import { globMatches } from './globMatches';

describe('globMatches', () => {
  it.each([
    ['*', '', true],
    ['*', 'anything', true],
    ['', '', true],
    ['', 'a', false],
    ['demo', 'demo', true],
    ['demo', 'demo2', false],
    ['demo', 'Demo', false],
    ['prod-*', 'prod-', true],
    ['prod-*', 'prod', false],
    ['*-eu-*', 'prod-eu-1', true],
    ['*-eu', 'a-eu-b-eu', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['a.c', 'abc', false],
    ['**a**', 'bab', true],
  ])('%s and %s: %p', (glob, name, expected) => {
    expect(globMatches(glob, name)).toBe(expected);
  });

  it('does not take long over many stars', () => {
    expect(globMatches('*a'.repeat(500), 'a'.repeat(5000).concat('b'))).toBe(
      false,
    );
  });
});
