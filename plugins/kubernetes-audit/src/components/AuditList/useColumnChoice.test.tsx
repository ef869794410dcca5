import { StorageApi, storageApiRef } from '@backstage/core-plugin-api';
import { mockApis, TestApiProvider } from '@backstage/frontend-test-utils';
import { renderHook } from '@testing-library/react';
import { PLUGIN_ID } from 'backstage-plugin-kubernetes-audit-common';
import type { ReactNode } from 'react';
import { useColumnChoice } from './useColumnChoice';

const SPECS = [
  { id: 'a' },
  { id: 'b', isFixed: true },
  { id: 'c' },
  { id: 'd', isOptional: true },
];

/** What the storage can keep. */
type Kept = Parameters<StorageApi['set']>[1];

function choiceOf(kept?: Kept) {
  const storageApi = mockApis.storage();
  if (kept !== undefined) {
    storageApi.forBucket(PLUGIN_ID).set('columns', kept);
  }
  const wrapper = (props: { children: ReactNode }) => (
    <TestApiProvider apis={[[storageApiRef, storageApi]]}>
      {props.children}
    </TestApiProvider>
  );
  const { result } = renderHook(() => useColumnChoice('columns', SPECS), {
    wrapper,
  });
  return result.current;
}

describe('useColumnChoice', () => {
  it('begins with the order of the specification, without what is optional', () => {
    expect(choiceOf()).toMatchObject({
      order: ['a', 'b', 'c', 'd'],
      shown: ['a', 'b', 'c'],
    });
  });

  it('forgets columns that are gone, and puts new ones after their neighbour', () => {
    expect(
      choiceOf({ order: ['c', 'gone', 'a'], shown: ['c', 'gone'] }),
    ).toMatchObject({
      order: ['c', 'd', 'a', 'b'],
      shown: ['c', 'b'],
    });
  });

  it('shows a column that opens the rows, whatever is kept', () => {
    expect(choiceOf({ order: ['a', 'b', 'c', 'd'], shown: [] }).shown).toEqual([
      'b',
    ]);
  });

  it.each<Kept>(['x', { order: 1 }, ['status'], { order: [1, 'a'] }])(
    'survives what is kept as %j',
    kept => {
      expect(choiceOf(kept).order).toHaveLength(4);
    },
  );
});
