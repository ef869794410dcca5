import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe, toHaveNoViolations } from 'jest-axe';
import {
  currentParams,
  fakeAuditApi,
  renderPage,
  sampleRecording,
} from '../../__testUtils__';
import { RecordingsPage } from './RecordingsPage';

expect.extend(toHaveNoViolations);

function setUp(url?: string) {
  const recording = sampleRecording();
  const api = fakeAuditApi({
    listRecordings: async () => ({ items: [recording] }),
    getRecording: async () => recording,
  });
  const view = renderPage(<RecordingsPage />, { api, url });
  return { api, view, user: userEvent.setup(), recording };
}

describe('RecordingsPage', () => {
  it('shows the columns of the specification in its order, then how the session went', async () => {
    setUp();
    await screen.findByRole('cell', { name: 'jane' });
    expect(
      screen.getAllByRole('columnheader').map(header => header.textContent),
    ).toEqual([
      'No',
      'Action At',
      'Name',
      'Email',
      'Cluster Name',
      'Role',
      'Client IP',
      'Client Name',
      'Connected From',
      'Duration',
      'Status',
    ]);
    expect(screen.getByRole('cell', { name: 'Proxy' })).toBeVisible();
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
