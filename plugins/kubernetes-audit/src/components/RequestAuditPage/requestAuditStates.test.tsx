import { NotAllowedError } from '@backstage/errors';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {
  currentParams,
  fakeAuditApi,
  renderPage,
  sampleEvent,
} from '../../__testUtils__';
import { RequestAuditPage } from './RequestAuditPage';

describe('Request Audit without rows, or with old ones', () => {
  it('tells how to begin when nothing was ever recorded', async () => {
    const api = fakeAuditApi({
      listEvents: async () => ({ items: [] }),
    });
    renderPage(<RequestAuditPage />, { api });
    expect(
      await screen.findByText('No requests recorded yet'),
    ).toBeInTheDocument();
    expect(api.listEvents.mock.calls.map(([request]) => request.limit)).toEqual(
      [undefined, 1],
    );
  });

  it('offers to clear what nothing matches', async () => {
    const api = fakeAuditApi({
      listEvents: async ({ limit }) => ({
        items: limit === 1 ? [sampleEvent()] : [],
      }),
    });
    renderPage(<RequestAuditPage />, { api, url: '/?search=x&verb=get' });
    const user = userEvent.setup();
    await user.click(
      await screen.findByRole('button', { name: 'Clear filters' }),
    );
    expect(currentParams().toString()).toBe('');
  });

  it('says which permission is missing', async () => {
    const api = fakeAuditApi({
      listEvents: jest
        .fn()
        .mockRejectedValue(
          new NotAllowedError('You are not one of the administrators'),
        ),
    });
    renderPage(<RequestAuditPage />, { api });
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('kubernetes-audit.event.read');
    // The portal knows why: where permissions are off, it is another reason.
    expect(alert).toHaveTextContent('You are not one of the administrators');
  });

  it('says why it failed, and tries again', async () => {
    const api = fakeAuditApi({
      listEvents: jest
        .fn()
        .mockRejectedValueOnce(new Error('connection refused'))
        .mockResolvedValue({ items: [sampleEvent()] }),
    });
    renderPage(<RequestAuditPage />, { api });
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'connection refused',
    );
    const user = userEvent.setup();
    await user.click(screen.getByRole('button', { name: 'Retry' }));
    expect(await screen.findByRole('cell', { name: '4711' })).toBeVisible();
  });

  it('keeps the rows when they cannot be loaded anew, and says of when they are', async () => {
    const api = fakeAuditApi({
      listEvents: jest
        .fn()
        .mockResolvedValueOnce({ items: [sampleEvent()] })
        .mockRejectedValueOnce(new Error('connection refused'))
        .mockResolvedValue({ items: [sampleEvent({ number: 4712 })] }),
    });
    renderPage(<RequestAuditPage />, { api });
    const user = userEvent.setup();
    await screen.findByRole('cell', { name: '4711' });
    await user.click(screen.getByRole('button', { name: 'Refresh' }));
    expect(await screen.findByRole('alert')).toHaveTextContent(
      /As of .*connection refused/,
    );
    expect(screen.getByRole('cell', { name: '4711' })).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Retry' }));
    expect(await screen.findByRole('cell', { name: '4712' })).toBeVisible();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('does not keep the rows of another filter, nor what may not be seen any more', async () => {
    const api = fakeAuditApi({
      listEvents: jest
        .fn()
        .mockResolvedValueOnce({ items: [sampleEvent()] })
        .mockRejectedValueOnce(new NotAllowedError('no'))
        .mockRejectedValueOnce(new Error('connection refused')),
    });
    renderPage(<RequestAuditPage />, { api });
    const user = userEvent.setup();
    await screen.findByRole('cell', { name: '4711' });
    await user.click(screen.getByRole('button', { name: 'Refresh' }));
    expect(await screen.findByText('You may not see this')).toBeVisible();
    expect(screen.queryByRole('cell')).toBeNull();
    await user.type(screen.getByRole('searchbox'), 'x{Enter}');
    expect(await screen.findByText('connection refused')).toBeVisible();
    expect(screen.queryByRole('cell')).toBeNull();
  });
});
