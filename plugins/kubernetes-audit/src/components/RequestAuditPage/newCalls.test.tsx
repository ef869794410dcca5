import type { StorageApi } from '@backstage/core-plugin-api';
import { mockApis } from '@backstage/frontend-test-utils';
import { act, fireEvent, screen } from '@testing-library/react';
import { PLUGIN_ID } from 'backstage-plugin-kubernetes-audit-common';
import { fakeAuditApi, renderPage, sampleEvent } from '../../__testUtils__';
import { NEW_ROWS_INTERVAL } from '../AuditList';
import { RequestAuditPage } from './RequestAuditPage';

function setUp(storageApi: StorageApi) {
  const calls = [4711];
  const api = fakeAuditApi({
    listEvents: async () => ({
      items: calls.map(number => sampleEvent({ id: `id-${number}`, number })),
    }),
  });
  const view = renderPage(<RequestAuditPage />, { api, storageApi });
  return { api, calls, view };
}

/** The number of each row. */
const shown = () =>
  screen
    .getAllByRole('row')
    .slice(1)
    .map(row => row.textContent?.slice(0, 4));
const toggle = () =>
  screen.findByRole('button', { name: 'Look for new requests' });

describe('new calls in Request Audit', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('are counted, and move no row before they are asked for', async () => {
    jest.useFakeTimers();
    const storageApi = mockApis.storage();
    storageApi.forBucket(PLUGIN_ID).set('requestAutoRefresh', true);
    const { calls } = setUp(storageApi);
    await screen.findByRole('cell', { name: '4711' });
    calls.unshift(4713, 4712);
    await act(async () => {
      await jest.advanceTimersByTimeAsync(NEW_ROWS_INTERVAL);
    });
    const button = screen.getByRole('button', { name: '2 new calls' });
    expect(shown()).toEqual(['4711']);
    fireEvent.click(button);
    await screen.findByRole('cell', { name: '4713' });
    expect(shown()).toEqual(['4713', '4712', '4711']);
    expect(screen.queryByRole('button', { name: /new calls?$/ })).toBeNull();
  });

  it('are looked for when their user has asked for that once', async () => {
    const storageApi = mockApis.storage();
    const { view } = setUp(storageApi);
    expect(await toggle()).toHaveAttribute('aria-pressed', 'false');
    fireEvent.click(await toggle());
    expect(await toggle()).toHaveAttribute('aria-pressed', 'true');
    view.unmount();
    setUp(storageApi);
    expect(await toggle()).toHaveAttribute('aria-pressed', 'true');
  });
});
