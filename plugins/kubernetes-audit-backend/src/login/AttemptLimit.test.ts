import { AttemptLimit } from './AttemptLimit';

describe('AttemptLimit', () => {
  it('turns away who has tried too often, until the window is over', () => {
    let now = 0;
    const limit = AttemptLimit.create({
      limit: 2,
      windowMs: 1000,
      now: () => now,
    });
    limit.note('a');
    limit.check('a');
    limit.note('a');
    expect(() => limit.check('a')).toThrow('try again later');
    limit.check('b');
    now = 1000;
    limit.check('a');
  });
});
