import { NotAllowedError, NotFoundError } from '@backstage/errors';
import { TestApiProvider } from '@backstage/frontend-test-utils';
import { act, renderHook } from '@testing-library/react';
import type { RecordingText } from 'backstage-plugin-kubernetes-audit-common';
import { PropsWithChildren } from 'react';
import { fakeAuditApi } from '../../__testUtils__';
import { kubernetesAuditApiRef } from '../../api';
import { useTranscript } from './useTranscript';

/** As many as are asked for at once. */
const PAGE_SIZE = 500;
const POLL_INTERVAL = 5000;

const linesOf = (...texts: string[]) =>
  texts.map(text => ({ time: 1_000_000, text }));
/** All of one moment, as a command prints them. */
const page = (from: number, length: number) =>
  linesOf(...Array.from({ length }, (_, i) => `line ${from + i}`));

async function setUp(...answers: (RecordingText | Error)[]) {
  const getRecordingText = jest.fn(async () => {
    const answer = answers.shift();
    if (!answer || answer instanceof Error) {
      throw answer ?? new Error('asked too often');
    }
    return answer;
  });
  const api = fakeAuditApi({ getRecordingText });
  const { result } = renderHook(() => useTranscript('7'), {
    wrapper: ({ children }: PropsWithChildren<{}>) => (
      <TestApiProvider apis={[[kubernetesAuditApiRef, api]]}>
        {children}
      </TestApiProvider>
    ),
  });
  const pass = (milliseconds: number) =>
    act(async () => {
      await jest.advanceTimersByTimeAsync(milliseconds);
    });
  await pass(0);
  return { api, result, pass };
}

describe('useTranscript', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('goes from page to page by the cursor, also within one moment', async () => {
    const { api, result, pass } = await setUp(
      { items: page(0, PAGE_SIZE), isTruncated: true, nextCursor: '0.500' },
      { items: page(PAGE_SIZE, 3), isTruncated: false },
    );
    expect(result.current.lines).toHaveLength(PAGE_SIZE);
    expect(result.current.hasMore).toBe(true);
    // It is the reader who asks for more.
    await pass(POLL_INTERVAL);
    expect(api.getRecordingText).toHaveBeenCalledTimes(1);
    act(() => result.current.more());
    await pass(0);
    expect(api.getRecordingText.mock.calls[1][1]).toEqual({
      cursor: '0.500',
      limit: PAGE_SIZE,
    });
    expect(result.current.lines).toEqual(page(0, PAGE_SIZE + 3));
    expect(result.current.hasMore).toBe(false);
  });

  it('follows what the portal still looks through, until that is all', async () => {
    const { api, result, pass } = await setUp(
      new NotFoundError('not indexed yet'),
      { items: linesOf('one'), isTruncated: false, nextCursor: '1.0' },
      new Error('the portal does not answer'),
      { items: linesOf('two'), isTruncated: false },
    );
    expect(result.current.problem?.kind).toBe('notFound');
    await pass(POLL_INTERVAL);
    expect(result.current.lines).toEqual(linesOf('one'));
    expect(result.current.problem).toBeUndefined();
    await pass(POLL_INTERVAL);
    expect(result.current.problem?.kind).toBe('failed');
    await pass(POLL_INTERVAL);
    expect(result.current.lines).toEqual(linesOf('one', 'two'));
    await pass(10 * POLL_INTERVAL);
    expect(api.getRecordingText).toHaveBeenCalledTimes(4);
  });

  it('does not ask again who may not read', async () => {
    const { api, result, pass } = await setUp(new NotAllowedError('no'));
    await pass(10 * POLL_INTERVAL);
    expect(result.current.problem?.kind).toBe('denied');
    expect(api.getRecordingText).toHaveBeenCalledTimes(1);
  });
});
