import { NotAllowedError } from '@backstage/errors';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe, toHaveNoViolations } from 'jest-axe';
import { DateTime } from 'luxon';
import {
  currentParams,
  fakeAuditApi,
  renderPage,
  sampleEvent,
} from '../../__testUtils__';
import { RequestAuditPage } from './RequestAuditPage';

expect.extend(toHaveNoViolations);

/** The columns, in the order and words of the product's specification. */
const COLUMNS = [
  'No',
  'Executed At',
  'Result',
  'Name',
  'Email',
  'Client IP',
  'Cluster Name',
  'Role',
  'Namespace',
  'Verb',
  'Resource',
  'Resource Name',
  'Message',
  'Cluster Endpoint',
  'Kubernetes Groups',
  'Client Name',
];

function setUp(url?: string) {
  const events = [
    sampleEvent(),
    sampleEvent({
      id: '0193a000-0000-7000-8000-000000000002',
      number: 4710,
      result: 'failure',
      message: 'denied by rule 2',
      role: undefined,
    }),
  ];
  const api = fakeAuditApi({
    listEvents: async () => ({
      items: events,
      nextCursor: 'older',
      totalItems: 10_000,
      totalIsLowerBound: true,
    }),
    getEvent: async () => events[0],
  });
  const view = renderPage(<RequestAuditPage />, { api, url });
  return { api, view, user: userEvent.setup() };
}

const lastRequest = (api: ReturnType<typeof fakeAuditApi>) =>
  api.listEvents.mock.calls[api.listEvents.mock.calls.length - 1][0];

describe('RequestAuditPage', () => {
  it('shows the columns of the specification in its order', async () => {
    setUp();
    await screen.findByRole('cell', { name: '4711' });
    expect(
      screen.getAllByRole('columnheader').map(header => header.textContent),
    ).toEqual(COLUMNS);
    const [, first] = screen.getAllByRole('row');
    expect(
      within(first)
        .getAllByRole('cell')
        .map(cell => cell.textContent),
    ).toEqual([
      '4711',
      DateTime.fromISO('2026-11-22T09:14:03.120Z').toFormat(
        'yyyy-LL-dd HH:mm:ss',
      ),
      'Success',
      'jane',
      'jane@example.com',
      '10.0.0.7',
      'prod-eu',
      'payments-developer',
      'payments',
      'create',
      'configmaps',
      'flags',
      'Created',
      'https://10.0.0.1:6443',
      'developers, system:authenticated',
      'kubectl/v1.27.3',
    ]);
  });

  it("opens with the viewer's current day, without further conditions", async () => {
    const { api } = setUp();
    await screen.findByRole('table', { busy: false });
    const today = DateTime.local().startOf('day');
    expect(lastRequest(api)).toMatchObject({
      from: today.toUTC().toISO(),
      to: today.plus({ days: 1 }).toUTC().toISO(),
      filter: undefined,
      search: undefined,
    });
  });

  it('shows the same list again from the URL alone', async () => {
    const { api } = setUp(
      '/?search=prod&verb=delete&resource=others&match=any&range=anyTime&cursor=c',
    );
    await screen.findByRole('table', { busy: false });
    expect(lastRequest(api)).toEqual({
      search: 'prod',
      cursor: 'c',
      filter: { $any: [{ verb: 'delete' }, { resource: 'others' }] },
      from: undefined,
      to: undefined,
    });
    expect(
      screen.getByRole('searchbox', {
        name: 'Search by Name or Cluster Name',
      }),
    ).toHaveValue('prod');
  });

  it('searches the whole list and keeps the search in the URL', async () => {
    const { api, user } = setUp('/?cursor=c');
    await user.type(await screen.findByRole('searchbox'), 'jane{Enter}');
    await waitFor(() => expect(lastRequest(api).search).toBe('jane'));
    expect(currentParams().toString()).toBe('search=jane');
  });

  it('keeps what is typed while the list follows, and clears it with the URL', async () => {
    const { api, user } = setUp();
    const field = await screen.findByRole('searchbox');
    await user.type(field, 'prod ');
    await waitFor(() => expect(lastRequest(api).search).toBe('prod'));
    expect(field).toHaveValue('prod ');
    await user.type(field, 'eu');
    await waitFor(() => expect(lastRequest(api).search).toBe('prod eu'));
    await user.click(screen.getByRole('button', { name: 'Clear search' }));
    await waitFor(() => expect(lastRequest(api).search).toBeUndefined());
    expect(currentParams().toString()).toBe('');
  });

  it('filters by verb, resource and time, joined by OR, and takes one away', async () => {
    const { api, user } = setUp();
    await user.click(await screen.findByRole('button', { name: 'Filter' }));
    const filter = within(screen.getByRole('dialog'));
    await user.click(filter.getByRole('radio', { name: 'OR' }));
    await user.click(filter.getByRole('checkbox', { name: 'get' }));
    await user.click(filter.getByRole('checkbox', { name: 'pods/exec' }));
    await user.click(filter.getByRole('checkbox', { name: 'others' }));
    await user.click(filter.getByRole('radio', { name: 'Last 7 days' }));
    await user.click(filter.getByRole('button', { name: 'Apply' }));

    await waitFor(() =>
      expect(lastRequest(api).filter).toEqual({
        $any: [
          { verb: 'get' },
          { $any: [{ resource: 'pods/exec' }, { resource: 'others' }] },
          {
            executedAt: { $gte: expect.any(String), $lt: expect.any(String) },
          },
        ],
      }),
    );
    expect(currentParams().toString()).toBe(
      'verb=get&resource=pods%2Fexec&resource=others&match=any&range=last7Days',
    );

    await user.click(screen.getByRole('button', { name: 'Remove Verb' }));
    expect(currentParams().getAll('verb')).toEqual([]);
    expect(currentParams().getAll('resource')).toHaveLength(2);
  });

  it('offers the verbs and resources of the specification', async () => {
    const { user } = setUp();
    await user.click(await screen.findByRole('button', { name: 'Filter' }));
    const options = (name: string) =>
      within(screen.getByRole('group', { name }))
        .getAllByRole('checkbox')
        .map(box => box.closest('label')?.textContent)
        .join(' ');
    expect(options('Verb')).toBe(
      'get list watch create update patch delete deletecollection',
    );
    expect(options('Resource')).toBe(
      'pods pods/exec pods/log pods/portforward services ingresses deployments replicasets ' +
        'statefulsets daemonsets configmaps secrets namespaces nodes persistentvolumes ' +
        'persistentvolumeclaims jobs cronjobs serviceaccounts endpoints roles rolebindings ' +
        'clusterroles clusterrolebindings others',
    );
  });

  it('opens a call on a click on its row, and closes it again', async () => {
    const { api, user } = setUp('/?verb=create');
    await user.click(await screen.findByRole('cell', { name: '4711' }));
    const drawer = await screen.findByRole('dialog', { name: 'Request 4711' });
    expect(api.getEvent).toHaveBeenCalledWith(
      sampleEvent().id,
      expect.anything(),
    );
    expect(currentParams().get('event')).toBe(sampleEvent().id);
    expect(api.listEvents).toHaveBeenCalledTimes(1);
    await user.click(within(drawer).getByRole('button', { name: 'Close' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(currentParams().toString()).toBe('verb=create');
  });

  it('turns to the next page, and says how many there are at least', async () => {
    const { api, user } = setUp();
    await user.click(await screen.findByRole('button', { name: 'Next' }));
    await waitFor(() => expect(lastRequest(api).cursor).toBe('older'));
    expect(screen.getByRole('button', { name: 'Previous' })).toBeDisabled();
    expect(screen.getByText('10,000+ requests')).toBeInTheDocument();
  });

  it('loads the list again on refresh', async () => {
    const { api, user } = setUp();
    await user.click(await screen.findByRole('button', { name: 'Refresh' }));
    await waitFor(() => expect(api.listEvents).toHaveBeenCalledTimes(2));
  });

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
      listEvents: jest.fn().mockRejectedValue(new NotAllowedError('no')),
    });
    renderPage(<RequestAuditPage />, { api });
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'kubernetes-audit.event.read',
    );
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

  it('has no accessibility violation, neither as a list nor with the filter or a call open', async () => {
    const { user, view } = setUp();
    await screen.findByRole('cell', { name: '4711' });
    expect(await axe(view.baseElement)).toHaveNoViolations();
    await user.click(screen.getByRole('button', { name: 'Filter' }));
    expect(await axe(screen.getByRole('dialog'))).toHaveNoViolations();
    await user.keyboard('{Escape}');
    await user.click(screen.getByRole('cell', { name: '4711' }));
    const drawer = await screen.findByRole('dialog', { name: 'Request 4711' });
    expect(await axe(drawer)).toHaveNoViolations();
  });
});
