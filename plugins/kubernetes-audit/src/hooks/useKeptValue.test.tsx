import { storageApiRef } from '@backstage/core-plugin-api';
import { mockApis, TestApiProvider } from '@backstage/frontend-test-utils';
import { act, renderHook } from '@testing-library/react';
import { PLUGIN_ID } from 'backstage-plugin-kubernetes-audit-common';
import type { ReactNode } from 'react';
import { useKeptValue } from './useKeptValue';

/** A storage that has what it is given when a test lets it. */
function setUp() {
  const storageApi = mockApis.storage();
  const bucket = storageApi.forBucket(PLUGIN_ID);
  const set = bucket.set.bind(bucket);
  const waiting: (() => void)[] = [];
  jest.spyOn(bucket, 'set').mockImplementation(async (key, value) => {
    await new Promise<void>(resolve => waiting.push(resolve));
    await set(key, value);
  });
  const wrapper = (props: { children: ReactNode }) => (
    <TestApiProvider apis={[[storageApiRef, storageApi]]}>
      {props.children}
    </TestApiProvider>
  );
  const { result } = renderHook(() => useKeptValue('columns'), { wrapper });
  return {
    bucket,
    shown: () => result.current[0],
    keep: (value: string) => act(async () => result.current[1](value)),
    settle: () => act(async () => waiting.shift()?.()),
  };
}

describe('useKeptValue', () => {
  it('shows what was kept last, however slow the storage is', async () => {
    const { bucket, shown, keep, settle } = setUp();
    await keep('first');
    await keep('second');
    expect(shown()).toBe('second');
    await settle();
    expect(bucket.snapshot('columns').value).toBe('first');
    expect(shown()).toBe('second');
    await settle();
    expect(bucket.snapshot('columns').value).toBe('second');
    expect(shown()).toBe('second');
  });

  it('shows what comes from elsewhere', async () => {
    const { bucket, shown, keep, settle } = setUp();
    await keep('own');
    await settle();
    await act(async () => bucket.remove('columns'));
    expect(shown()).toBeUndefined();
  });

  it('shows what could not be kept', async () => {
    const { bucket, shown, keep } = setUp();
    jest.mocked(bucket.set).mockRejectedValue(new Error('storage is full'));
    await keep('own');
    expect(shown()).toBe('own');
  });
});
