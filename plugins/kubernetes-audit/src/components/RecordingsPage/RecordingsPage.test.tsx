import type { StorageApi } from '@backstage/core-plugin-api';
import { mockApis } from '@backstage/frontend-test-utils';
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { RecordingDetail } from 'backstage-plugin-kubernetes-audit-common';
import { axe, toHaveNoViolations } from 'jest-axe';
import {
  currentParams,
  fakeAuditApi,
  renderPage,
  sampleRecording,
} from '../../__testUtils__';
import { RecordingsPage } from './RecordingsPage';

expect.extend(toHaveNoViolations);

const SPECIFIED_COLUMNS = [
  'No',
  'Action At',
  'Name',
  'Email',
  'Cluster Name',
  'Role',
  'Client IP',
  'Client Name',
  'Connected From',
];

function setUp(
  url?: string,
  options: {
    recording?: Partial<RecordingDetail>;
    storageApi?: StorageApi;
  } = {},
) {
  const recording = sampleRecording(options.recording);
  const api = fakeAuditApi({
    listRecordings: async () => ({ items: [recording] }),
    getRecording: async () => recording,
  });
  const view = renderPage(<RecordingsPage />, {
    api,
    url,
    storageApi: options.storageApi,
  });
  return { api, view, user: userEvent.setup(), recording };
}

const headers = () =>
  screen.getAllByRole('columnheader').map(header => header.textContent);

describe('RecordingsPage', () => {
  it('shows the columns of the specification in its order, and no other', async () => {
    setUp();
    await screen.findByRole('cell', { name: 'jane' });
    expect(headers()).toEqual(SPECIFIED_COLUMNS);
    expect(screen.getByRole('cell', { name: 'Proxy' })).toBeVisible();
  });

  it('adds the columns that the user chooses, and keeps them', async () => {
    const storageApi = mockApis.storage();
    const { user, view } = setUp(undefined, { storageApi });
    await screen.findByRole('cell', { name: 'jane' });
    await user.click(screen.getByRole('button', { name: 'Columns' }));
    await user.click(screen.getByRole('checkbox', { name: 'Pod' }));
    await user.click(screen.getByRole('checkbox', { name: 'Status' }));
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('checkbox')).toBeNull());
    expect(headers()).toEqual([...SPECIFIED_COLUMNS, 'Status', 'Pod']);
    view.unmount();

    setUp(undefined, { storageApi });
    expect(
      await screen.findByRole('cell', { name: 'payments / api-0 / api' }),
    ).toBeVisible();
    expect(headers()).toEqual([...SPECIFIED_COLUMNS, 'Status', 'Pod']);
  });

  it('marks a session that still runs', async () => {
    setUp(undefined, { recording: { status: 'recording' } });
    expect(await screen.findByText('In progress')).toBeVisible();
  });

  it('lists all recordings on opening', async () => {
    const { api } = setUp();
    await screen.findByRole('cell', { name: 'jane' });
    expect(api.listRecordings).toHaveBeenCalledTimes(1);
    expect(api.listRecordings.mock.calls[0][0]).toEqual({
      search: undefined,
      cursor: undefined,
    });
  });

  it('bounds the list by when the session began', async () => {
    const { api, user } = setUp();
    await user.click(await screen.findByRole('button', { name: 'Filter' }));
    await user.click(screen.getByRole('radio', { name: 'Yesterday' }));
    await user.click(screen.getByRole('button', { name: 'Apply' }));
    await waitFor(() =>
      expect(api.listRecordings.mock.calls[1]?.[0]).toMatchObject({
        from: expect.any(String),
        to: expect.any(String),
      }),
    );
    expect(currentParams().toString()).toBe('range=yesterday');
  });

  it('opens the player from the Action At link, and closes it', async () => {
    const { api, user, recording } = setUp('/?search=jane');
    await user.click(await screen.findByRole('link'));
    expect(
      await screen.findByRole('dialog', { name: 'Session Recording' }),
    ).toBeVisible();
    expect(api.getRecording.mock.calls[0][0]).toBe(recording.id);
    await user.click(await screen.findByRole('button', { name: 'Close' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(currentParams().toString()).toBe('search=jane');
  });

  it('has no accessibility violation', async () => {
    const { view } = setUp();
    await screen.findByRole('cell', { name: 'jane' });
    expect(await axe(view.baseElement)).toHaveNoViolations();
  });
});
