import { act, renderHook } from '@testing-library/react';
import { NEW_ROWS_INTERVAL, useNewRows } from './useNewRows';

type Row = { id: string };
const page = (...ids: string[]) => ({ items: ids.map(id => ({ id })) });

function setUp(options: { isOn?: boolean } = {}) {
  const load = jest.fn(
    async () => page('c', 'b', 'a') as { items: Row[]; nextCursor?: string },
  );
  const shown = page('a');
  const view = renderHook(
    ({ current }: { current: { items: Row[] } | undefined }) =>
      useNewRows<Row>(load, current),
    { initialProps: { current: options.isOn === false ? undefined : shown } },
  );
  const wait = () =>
    act(async () => {
      await jest.advanceTimersByTimeAsync(NEW_ROWS_INTERVAL);
    });
  return { load, view, wait };
}

describe('useNewRows', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('counts what was added, until it is shown', async () => {
    const { view, wait } = setUp();
    expect(view.result.current.count).toBe(0);
    await wait();
    expect(view.result.current).toEqual({ count: 2, isLowerBound: false });
    view.rerender({ current: page('c', 'b', 'a') });
    expect(view.result.current.count).toBe(0);
  });

  it('says that a whole page is new, and maybe more', async () => {
    const { load, view, wait } = setUp();
    load.mockResolvedValue({ ...page('d', 'c'), nextCursor: 'older' });
    await wait();
    expect(view.result.current).toEqual({ count: 2, isLowerBound: true });
  });

  it('asks nothing when it is off, nor for a page in the background', async () => {
    const off = setUp({ isOn: false });
    await off.wait();
    expect(off.load).not.toHaveBeenCalled();
    const hidden = setUp();
    jest.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    await hidden.wait();
    expect(hidden.load).not.toHaveBeenCalled();
  });

  it('goes on after a failure', async () => {
    const { load, view, wait } = setUp();
    load.mockRejectedValueOnce(new Error('connection refused'));
    await wait();
    expect(view.result.current.count).toBe(0);
    await wait();
    expect(view.result.current.count).toBe(2);
  });
});
