import { renewedGroups } from './renewedGroups';

describe('renewedGroups', () => {
  it.each<[string, string[], string[], string[], string[]]>([
    [
      'keeps what has not changed',
      ['u', 'a'],
      ['u', 'a'],
      ['u', 'a'],
      ['u', 'a'],
    ],
    ['drops what the catalog dropped', ['u', 'a'], ['u', 'a'], ['u'], ['u']],
    ['adds what the catalog added', ['u'], ['u'], ['u', 'b'], ['u', 'b']],
    [
      'keeps what the sign-in alone knew',
      ['u', 'x'],
      ['u'],
      ['u', 'b'],
      ['u', 'x', 'b'],
    ],
    [
      'adds nothing where the sign-in left something out',
      ['u'],
      ['u', 'a'],
      ['u', 'a', 'b'],
      ['u'],
    ],
    ['compares without case', ['u', 'A'], ['u', 'a'], ['u', 'a'], ['u', 'A']],
  ])('%s', (_, signIn, catalogThen, catalogNow, groups) => {
    expect(renewedGroups({ signIn, catalogThen, catalogNow })).toEqual(groups);
  });
});
