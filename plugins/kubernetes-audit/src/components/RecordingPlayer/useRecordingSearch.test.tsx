import { NotFoundError } from '@backstage/errors';
import { TestApiProvider } from '@backstage/frontend-test-utils';
import { act, renderHook } from '@testing-library/react';
import { PropsWithChildren } from 'react';
import { fakeAuditApi } from '../../__testUtils__';
import { kubernetesAuditApiRef } from '../../api';
import { useRecordingSearch } from './useRecordingSearch';

const POLL_INTERVAL = 5000;

describe('useRecordingSearch', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const pass = (milliseconds: number) =>
    act(async () => {
      await jest.advanceTimersByTimeAsync(milliseconds);
    });

  it('finds what the portal looks through later, and asks no more when that was all', async () => {
    const line = { time: 1, text: 'rm -rf' };
    const getRecordingText = jest
      .fn()
      .mockRejectedValueOnce(new NotFoundError('not indexed yet'))
      .mockResolvedValueOnce({
        items: [],
        isTruncated: false,
        nextCursor: '1.0',
      })
      .mockResolvedValueOnce({ items: [line], isTruncated: false });
    const api = fakeAuditApi({ getRecordingText });
    const { result } = renderHook(() => useRecordingSearch('7', 'rm'), {
      wrapper: ({ children }: PropsWithChildren<{}>) => (
        <TestApiProvider apis={[[kubernetesAuditApiRef, api]]}>
          {children}
        </TestApiProvider>
      ),
    });
    await pass(0);
    expect(result.current).toEqual({ kind: 'notIndexed' });
    await pass(POLL_INTERVAL);
    expect(result.current).toMatchObject({
      kind: 'found',
      text: { items: [] },
    });
    await pass(POLL_INTERVAL);
    expect(result.current).toMatchObject({
      kind: 'found',
      text: { items: [line] },
    });
    await pass(10 * POLL_INTERVAL);
    expect(getRecordingText).toHaveBeenCalledTimes(3);
  });
});
