import { findExportPasswordProblem, PasswordScore } from './exportPassword';

const ofScore = (score: PasswordScore) => () => score;

describe('the password of an export', () => {
  it.each([
    ['tooShort', 'x'.repeat(7), 4],
    ['tooWeak', 'x'.repeat(8), 0],
    ['tooWeak', 'x'.repeat(11), 1],
    ['tooLong', 'x'.repeat(257), 4],
  ] as const)('is %s: %.12s, of score %i', (problem, password, score) => {
    expect(findExportPasswordProblem(password, ofScore(score))).toBe(problem);
  });

  it.each([
    ['is fair', 'x'.repeat(8), 2],
    ['has twelve characters', 'x'.repeat(12), 0],
    ['is as long as it may be', 'x'.repeat(256), 0],
  ] as const)('is taken when it %s', (_title, password, score) => {
    expect(findExportPasswordProblem(password, ofScore(score))).toBeUndefined();
  });

  it('is not estimated where its length decides: a long one takes long', () => {
    const estimate = jest.fn(ofScore(4));
    findExportPasswordProblem('x'.repeat(256), estimate);
    findExportPasswordProblem('x', estimate);
    expect(estimate).not.toHaveBeenCalled();
  });
});
