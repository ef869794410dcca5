import type { StorageApi } from '@backstage/core-plugin-api';
import { NotFoundError } from '@backstage/errors';
import { mockApis } from '@backstage/frontend-test-utils';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe, toHaveNoViolations } from 'jest-axe';
import { DateTime } from 'luxon';
import { useNavigate } from 'react-router-dom';
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

function setUp(url?: string, storageApi?: StorageApi) {
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
    listEvents: async ({ cursor }) => ({
      items: events,
      nextCursor: 'older',
      ...(cursor && { prevCursor: 'newer' }),
      totalItems: 10_000,
      totalIsLowerBound: true,
    }),
    getEvent: async id => events.find(event => event.id === id) ?? events[0],
  });
  const view = renderPage(<RequestAuditPage />, { api, url, storageApi });
  return { api, view, user: userEvent.setup() };
}

function BackButton() {
  const navigate = useNavigate();
  return <button onClick={() => navigate(-1)}>Back</button>;
}

const headers = () =>
  screen.getAllByRole('columnheader').map(header => header.textContent);

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

  it('goes back from a search to the list before it, in one step', async () => {
    const api = fakeAuditApi({
      listEvents: async () => ({ items: [sampleEvent()] }),
    });
    renderPage(
      <>
        <RequestAuditPage />
        <BackButton />
      </>,
      { api, url: '/?verb=create' },
    );
    const user = userEvent.setup();
    const field = await screen.findByRole('searchbox');
    await user.type(field, 'ja{Enter}');
    await waitFor(() => expect(lastRequest(api).search).toBe('ja'));
    await user.type(field, 'ne{Enter}');
    await waitFor(() => expect(lastRequest(api).search).toBe('jane'));
    await user.click(screen.getByRole('button', { name: 'Back' }));
    await waitFor(() => expect(lastRequest(api).search).toBeUndefined());
    expect(currentParams().toString()).toBe('verb=create');
    expect(field).toHaveValue('');
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

  it('says of a call that is gone, or not to be seen, that it is not there', async () => {
    const api = fakeAuditApi({
      listEvents: async () => ({ items: [sampleEvent()] }),
      getEvent: async () => {
        throw new NotFoundError('no event');
      },
    });
    renderPage(<RequestAuditPage />, { api, url: '/?event=gone' });
    const user = userEvent.setup();
    const drawer = await screen.findByRole('dialog', { name: 'Request' });
    expect(await within(drawer).findByRole('alert')).toHaveTextContent(
      'There is no such record',
    );
    expect(
      within(drawer).getByRole('button', { name: 'Next request (J)' }),
    ).toBeDisabled();
    await user.click(within(drawer).getByRole('button', { name: 'Close' }));
    expect(await screen.findByRole('cell', { name: '4711' })).toBeVisible();
    expect(currentParams().toString()).toBe('');
  });

  it('turns to the next page, and says how many there are at least', async () => {
    const { api, user } = setUp();
    await screen.findByRole('cell', { name: '4711' });
    expect(screen.getByRole('button', { name: 'Previous' })).toBeDisabled();
    await user.click(screen.getByRole('button', { name: 'Next' }));
    await waitFor(() => expect(lastRequest(api).cursor).toBe('older'));
    await waitFor(() =>
      expect(screen.getByRole('button', { name: 'Previous' })).toBeEnabled(),
    );
    expect(screen.getByText('10,000+ requests')).toBeInTheDocument();
  });

  it.each([
    ['a part of the first page', [sampleEvent({ number: 4712 })]],
    ['nothing any more', []],
  ])('begins anew where a cursor leads to %s', async (_, items) => {
    const api = fakeAuditApi({
      listEvents: async ({ cursor }) => ({
        items: cursor ? items : [sampleEvent()],
      }),
    });
    renderPage(<RequestAuditPage />, { api, url: '/?verb=get&cursor=c' });
    await screen.findByRole('cell', { name: '4711' });
    expect(currentParams().toString()).toBe('verb=get');
    expect(screen.queryByRole('cell', { name: '4712' })).toBeNull();
    expect(api.listEvents.mock.calls.map(([request]) => request)).toEqual([
      expect.objectContaining({ cursor: 'c' }),
      expect.objectContaining({ cursor: undefined }),
    ]);
  });

  it('loads the list again on refresh', async () => {
    const { api, user } = setUp();
    await user.click(await screen.findByRole('button', { name: 'Refresh' }));
    await waitFor(() => expect(api.listEvents).toHaveBeenCalledTimes(2));
  });

  it('turns the order round, and keeps it in the URL', async () => {
    const { api, user } = setUp('/?cursor=c');
    await screen.findByRole('cell', { name: '4711' });
    const header = screen.getByRole('columnheader', { name: 'Executed At' });
    expect(header).toHaveAttribute('aria-sort', 'descending');
    await user.click(within(header).getByRole('button'));
    await waitFor(() => expect(lastRequest(api).order).toBe('asc'));
    expect(currentParams().toString()).toBe('order=asc');
    expect(
      screen.getByRole('columnheader', { name: 'Executed At' }),
    ).toHaveAttribute('aria-sort', 'ascending');
  });

  it('hides and moves columns by keyboard, and keeps that for the user', async () => {
    const storageApi = mockApis.storage();
    const { user, view } = setUp(undefined, storageApi);
    await screen.findByRole('cell', { name: '4711' });
    await user.click(screen.getByRole('button', { name: 'Columns' }));
    const up = () => screen.getByRole('button', { name: 'Move Verb up' });
    up().focus();
    await user.keyboard('{Enter}{Enter}');
    expect(up()).toHaveFocus();
    const email = screen.getByRole('checkbox', { name: 'Email' });
    await user.click(email);
    expect(email).toHaveFocus();
    expect(
      screen.getByRole('checkbox', { name: 'Executed At' }),
    ).toBeDisabled();
    expect(screen.getByText('Verb is now number 8 of 16')).toBeInTheDocument();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('checkbox')).toBeNull());
    const chosen = COLUMNS.filter(name => !['Email', 'Verb'].includes(name));
    chosen.splice(chosen.indexOf('Role'), 0, 'Verb');
    expect(headers()).toEqual(chosen);
    view.unmount();

    setUp(undefined, storageApi);
    await screen.findByRole('cell', { name: '4711' });
    expect(headers()).toEqual(chosen);
    await user.click(screen.getByRole('button', { name: 'Columns' }));
    await user.click(screen.getByRole('button', { name: 'Reset' }));
    await user.keyboard('{Escape}');
    await waitFor(() => expect(headers()).toEqual(COLUMNS));
  });

  it('goes from call to call within the details, and back to the list', async () => {
    const { user } = setUp('/?verb=create');
    await user.click(await screen.findByRole('cell', { name: '4711' }));
    await screen.findByRole('dialog', { name: 'Request 4711' });
    await user.keyboard('j');
    await screen.findByRole('dialog', { name: 'Request 4710' });
    expect(currentParams().get('event')).toMatch(/2$/);
    await user.keyboard('k');
    await screen.findByRole('dialog', { name: 'Request 4711' });
    expect(
      screen.getByRole('button', { name: 'Previous request (K)' }),
    ).toBeDisabled();
  });

  it('goes from page to page within the details', async () => {
    const row = (number: number) => sampleEvent({ id: `id-${number}`, number });
    const newer = { items: [row(4711), row(4710)], nextCursor: 'older' };
    const older = { items: [row(4709), row(4708)], prevCursor: 'newer' };
    const api = fakeAuditApi({
      listEvents: async ({ cursor }) => (cursor === 'older' ? older : newer),
      getEvent: async id => row(Number(id.slice(3))),
    });
    renderPage(<RequestAuditPage />, { api, url: '/?event=id-4710' });
    const user = userEvent.setup();
    const isOpen = (number: number) =>
      screen.findByRole('dialog', { name: `Request ${number}` });
    await isOpen(4710);
    await screen.findByText('4711');
    await user.keyboard('j');
    await isOpen(4709);
    expect(currentParams().toString()).toBe('event=id-4709&cursor=older');
    expect(
      screen.getByRole('button', { name: 'Previous request (K)' }),
    ).toBeEnabled();
    await user.keyboard('k');
    await isOpen(4710);
    // The first page has no need of a cursor.
    await waitFor(() =>
      expect(currentParams().toString()).toBe('event=id-4710'),
    );
    await user.keyboard('k');
    await isOpen(4711);
    expect(
      screen.getByRole('button', { name: 'Previous request (K)' }),
    ).toBeDisabled();
  });

  it('copies a link that shows the same day on every other', async () => {
    const prompt = jest.spyOn(window, 'prompt').mockReturnValue(null);
    const { user } = setUp('/?verb=create');
    await user.click(await screen.findByRole('cell', { name: '4711' }));
    await user.click(
      await screen.findByRole('button', { name: 'Copy link to this request' }),
    );
    const today = DateTime.local().startOf('day');
    const { searchParams } = new URL(String(prompt.mock.calls[0][1]));
    expect(Object.fromEntries(searchParams)).toEqual({
      verb: 'create',
      event: sampleEvent().id,
      from: today.toUTC().toISO(),
      to: today.plus({ days: 1 }).toUTC().toISO(),
    });
    prompt.mockRestore();
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
