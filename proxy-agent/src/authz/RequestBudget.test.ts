import { RequestBudget } from './RequestBudget';

describe('RequestBudget', () => {
  let now = 0;
  const create = () =>
    RequestBudget.create({ perSecond: 2, burst: 3, now: () => now });
  const takeMany = (budget: RequestBudget, count: number, user = 'jane') =>
    Array.from({ length: count }, () => budget.take(user));

  beforeEach(() => {
    now = 0;
  });

  it('lets a burst pass and then says how long to wait', () => {
    expect(takeMany(create(), 5)).toEqual([0, 0, 0, 1, 1]);
  });

  it('fills up again at its rate, and no higher than the burst', () => {
    const budget = create();
    takeMany(budget, 3);
    now = 1000;
    expect(takeMany(budget, 3)).toEqual([0, 0, 1]);
    now = 60_000;
    expect(takeMany(budget, 4)).toEqual([0, 0, 0, 1]);
  });

  it('is one for each user', () => {
    const budget = create();
    takeMany(budget, 3);
    expect(budget.take('john')).toBe(0);
  });

  it('has other numbers from the moment it is told', () => {
    const budget = create();
    takeMany(budget, 3);
    budget.use({ perSecond: 10, burst: 5 });
    now = 1000;
    expect(takeMany(budget, 6)).toEqual([0, 0, 0, 0, 0, 1]);
  });
});
