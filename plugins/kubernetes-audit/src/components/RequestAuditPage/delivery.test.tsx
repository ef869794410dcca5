import { NotAllowedError } from '@backstage/errors';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { DeliveryReport } from 'backstage-plugin-kubernetes-audit-common';
import { axe, toHaveNoViolations } from 'jest-axe';
import {
  currentParams,
  fakeAuditApi,
  renderPage,
  sampleEvent,
} from '../../__testUtils__';
import { RequestAuditPage } from './RequestAuditPage';

expect.extend(toHaveNoViolations);

const GAP = {
  agentId: 'demo-proxy',
  epoch: '019aa000-0000-7000-b000-000000000001',
  firstSequence: 7,
  lastSequence: 1206,
  missing: 1200,
  since: '2026-11-22T09:00:00.000Z',
};

function setUp(
  report: Partial<DeliveryReport>,
  options: { url?: string; api?: Parameters<typeof fakeAuditApi>[0] } = {},
) {
  const api = fakeAuditApi({
    listEvents: async () => ({
      items: [
        sampleEvent(),
        sampleEvent({
          id: '0193a000-0000-7000-8000-000000000002',
          number: 4710,
          executedAt: '2026-11-22T08:00:00.000Z',
        }),
      ],
    }),
    getDelivery: async () => ({ gaps: [], clockSkews: [], ...report }),
    ...options.api,
  });
  const view = renderPage(<RequestAuditPage />, {
    api,
    url: options.url ?? '/?from=2026-11-22T00:00:00.000Z&verb=get',
  });
  return { api, view, user: userEvent.setup() };
}

describe('what is not in the list of calls', () => {
  it('stands between its rows as long as it has not arrived', async () => {
    const { api, user } = setUp({ gaps: [GAP] });
    const row = await screen.findByRole('row', {
      name: /^1,200 calls of agent demo-proxy have not arrived/,
    });
    expect(
      screen
        .getAllByRole('row')
        .slice(1)
        .map(({ textContent }) => textContent?.slice(0, 5)),
    ).toEqual(['47112', '1,200', '47102']);
    expect(row).toHaveTextContent('Record 7 – 1206, noticed 2026-11-22');
    // Nobody knows what the filter would say of them.
    expect(api.getDelivery.mock.calls[0][0]).toEqual({
      from: '2026-11-22T00:00:00.000Z',
      to: undefined,
    });
    api.getDelivery.mockResolvedValue({ gaps: [], clockSkews: [] });
    await user.click(screen.getByRole('button', { name: 'Refresh' }));
    await waitFor(() => expect(row).not.toBeInTheDocument());
  });

  it('is told of on every page, also where no call matches', async () => {
    const { user } = setUp(
      { gaps: [GAP], hasMoreGaps: true },
      { api: { listEvents: async () => ({ items: [] }) } },
    );
    await user.click(
      await screen.findByRole('button', {
        name: '1,200+ calls have not arrived',
      }),
    );
    const list = await screen.findByRole('dialog');
    expect(within(list).getAllByRole('listitem')).toHaveLength(1);
    expect(await axe(list)).toHaveNoViolations();
  });

  it('tells whose clock is wrong', async () => {
    setUp({
      clockSkews: [
        { agentId: 'a', aheadMs: 42_400 },
        { agentId: 'b', aheadMs: -600_000 },
        { agentId: 'c', aheadMs: -7_200_000 },
      ],
    });
    expect(
      await screen.findByText('The clock of a is 42 s ahead'),
    ).toBeVisible();
    expect(screen.getByText('The clock of b is 10 min behind')).toBeVisible();
    expect(screen.getByText('The clock of c is 2 h behind')).toBeVisible();
  });

  it('is said to be possible to who may not know of what it is', async () => {
    setUp({ hasHiddenGaps: true });
    expect(await screen.findByText('Calls may be missing')).toBeVisible();
    expect(screen.queryByRole('button', { name: /not arrived/ })).toBeNull();
  });

  it('is not passed over where it cannot be known', async () => {
    setUp(
      {},
      {
        api: {
          getDelivery: async () => {
            throw new Error('connection refused');
          },
        },
      },
    );
    expect(
      await screen.findByText('Whether calls are missing is not known'),
    ).toHaveAttribute('title', 'connection refused');
  });
});

describe('the records that were kept aside', () => {
  const letter = {
    id: '2',
    agentId: 'demo-proxy',
    epoch: GAP.epoch,
    sequence: 7,
    reason: 'id: Invalid UUID',
    receivedAt: '2026-11-22T09:00:00.000Z',
    record: '{"sequence":7}',
    recordBytes: 5000,
  };

  it('are opened from a notice, page by page', async () => {
    const { api, user } = setUp(
      { deadLetters: { count: 1000, isLowerBound: true } },
      {
        api: {
          listDeadLetters: async ({ cursor }) =>
            cursor
              ? { items: [{ ...letter, id: '1', reason: 'not JSON' }] }
              : { items: [letter], nextCursor: 'older' },
        },
      },
    );
    await user.click(
      await screen.findByRole('button', {
        name: '1,000+ records were kept aside',
      }),
    );
    const drawer = await screen.findByRole('dialog', {
      name: 'Records kept aside',
    });
    expect(await within(drawer).findByText('id: Invalid UUID')).toBeVisible();
    expect(currentParams().get('deadLetters')).toBe('newest');
    await user.click(within(drawer).getByText('Record'));
    expect(
      within(drawer).getByRole('region', { name: 'Record' }),
    ).toHaveTextContent('{"sequence":7}');
    expect(within(drawer).getByText('cut at 4 KB of 4.9 KB')).toBeVisible();
    expect(await axe(drawer)).toHaveNoViolations();
    await user.click(within(drawer).getByRole('button', { name: 'Older' }));
    expect(await within(drawer).findByText('not JSON')).toBeVisible();
    expect(currentParams().get('deadLetters')).toBe('older');
    expect(api.listEvents).toHaveBeenCalledTimes(1);
    await user.click(within(drawer).getByRole('button', { name: 'Close' }));
    await waitFor(() => expect(currentParams().has('deadLetters')).toBe(false));
  });

  it('are not for everybody', async () => {
    setUp(
      {},
      {
        url: '/?deadLetters=newest',
        api: {
          listDeadLetters: async () => {
            throw new NotAllowedError('no');
          },
        },
      },
    );
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'kubernetes-audit.dead-letter.read',
    );
    expect(screen.queryByRole('button', { name: /kept aside/ })).toBeNull();
  });
});
