import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { fakeAuditApi, renderPage } from '../../__testUtils__';
import type { IssuedJoinToken } from './GivenJoinToken';
import { useShownJoinToken } from './useShownJoinToken';

const ISSUED: IssuedJoinToken = {
  token: 'kubernetes-audit-join.abc',
  name: 'edge-1',
  tags: { site: 'fra1' },
  clusters: ['edge'],
  expiresAt: '2026-11-22T03:00:00.000Z',
};

function Panel() {
  const [shown, show] = useShownJoinToken();
  return (
    <>
      <output>{shown?.token ?? 'none'}</output>
      <button onClick={() => show(ISSUED)}>make</button>
      <button onClick={() => show(undefined)}>revoke</button>
    </>
  );
}

describe('a join token that was just made', () => {
  const api = fakeAuditApi({});

  /** As another theme does. */
  const begin = () => renderPage(<Panel />, { api });
  const press = async (name: string) =>
    userEvent.click(await screen.findByRole('button', { name }));

  it('is still shown when the page begins anew, until it is revoked', async () => {
    const first = begin();
    await press('make');
    expect(screen.getByText(ISSUED.token)).toBeVisible();
    first.unmount();
    const second = begin();
    expect(await screen.findByText(ISSUED.token)).toBeVisible();
    await press('revoke');
    expect(screen.getByText('none')).toBeVisible();
    second.unmount();
    begin();
    expect(await screen.findByText('none')).toBeVisible();
  });

  it('is gone when the page was left', async () => {
    const { pathname } = window.location;
    const { unmount } = begin();
    await press('make');
    window.history.pushState({}, '', '/elsewhere');
    unmount();
    window.history.pushState({}, '', pathname);
    begin();
    expect(await screen.findByText('none')).toBeVisible();
  });
});
