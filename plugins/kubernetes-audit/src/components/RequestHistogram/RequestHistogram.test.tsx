import {
  act,
  fireEvent,
  screen,
  waitFor,
  within,
} from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe, toHaveNoViolations } from 'jest-axe';
import { DateTime } from 'luxon';
import {
  currentParams,
  fakeAuditApi,
  renderPage,
  sampleEvent,
} from '../../__testUtils__';
import { RequestAuditPage } from '../RequestAuditPage';

expect.extend(toHaveNoViolations);

const HOUR = 'from=2026-11-22T09:00:00.000Z&to=2026-11-22T10:00:00.000Z';
const WIDTH = 400;

/** Four bars of a quarter of an hour, the second without calls. */
function setUp(
  url = `/?${HOUR}`,
  overrides: Parameters<typeof fakeAuditApi>[0] = {},
) {
  const api = fakeAuditApi({
    listEvents: async () => ({ items: [sampleEvent()] }),
    getEventHistogram: async () => ({
      widthMs: 15 * 60_000,
      items: [
        { from: '2026-11-22T09:00:00.000Z', success: 1200, failure: 0 },
        { from: '2026-11-22T09:30:00.000Z', success: 7, failure: 3 },
        {
          from: '2026-11-22T09:45:00.000Z',
          success: 20,
          failure: 2,
          isEstimated: true,
        },
      ],
    }),
    ...overrides,
  });
  const view = renderPage(<RequestAuditPage />, { api, url });
  return { api, view, user: userEvent.setup() };
}

const clock = (time: string) =>
  DateTime.fromISO(`2026-11-22T${time}Z`).toFormat('HH:mm');
const day = DateTime.fromISO('2026-11-22T09:00Z').toFormat('yyyy-LL-dd');
const lastSelection = (api: ReturnType<typeof fakeAuditApi>) =>
  api.getEventHistogram.mock.calls[
    api.getEventHistogram.mock.calls.length - 1
  ][0];

async function findPlot() {
  const plot = await screen.findByRole('slider', { name: 'Calls by time' });
  plot.getBoundingClientRect = () => new DOMRect(100, 0, WIDTH, 56);
  return plot;
}

describe('the histogram of Request Audit', () => {
  it('counts what the list is of, whatever its page and order', async () => {
    const { api, user } = setUp(
      `/?${HOUR}&verb=get&resource=others&match=any&bounded=true&search=prod&cursor=c&order=asc`,
    );
    await findPlot();
    expect(api.getEventHistogram.mock.calls).toEqual([
      [
        {
          search: 'prod',
          filter: { $any: [{ verb: 'get' }, { resource: 'others' }] },
          from: '2026-11-22T09:00:00.000Z',
          to: '2026-11-22T10:00:00.000Z',
        },
        expect.anything(),
      ],
    ]);
    await user.click(screen.getByRole('button', { name: 'Refresh' }));
    await waitFor(() => expect(api.getEventHistogram).toHaveBeenCalledTimes(2));
  });

  it('tells in words what it shows', async () => {
    setUp();
    await findPlot();
    const chart = within(
      screen.getByRole('region', { name: 'Calls over time' }),
    );
    expect(
      within(chart.getByRole('list', { name: 'Calls by time and result' }))
        .getAllByRole('listitem')
        .map(item => item.textContent),
    ).toEqual([
      `${day} ${clock('09:00')} – ${clock('09:15')}: 1,200 succeeded, 0 failed`,
      `${day} ${clock('09:30')} – ${clock('09:45')}: 7 succeeded, 3 failed`,
      `${day} ${clock('09:45')} – ${clock(
        '10:00',
      )}: ≈ 20 succeeded, ≈ 2 failed`,
    ]);
    expect(chart.getByText('≈ 1,227')).toBeVisible();
    expect(chart.getByText('per 15 minutes')).toBeVisible();
  });

  it('zooms to what is brushed, within the page of the URL', async () => {
    const { api } = setUp(`/?${HOUR}&verb=get&cursor=c`);
    const plot = await findPlot();
    fireEvent.pointerDown(plot, { button: 0, clientX: 100 + 390 });
    fireEvent.pointerMove(plot, { clientX: 100 + 210 });
    expect(plot).toHaveAttribute(
      'aria-valuetext',
      expect.stringContaining('≈ 27 succeeded, ≈ 5 failed'),
    );
    fireEvent.pointerUp(plot);
    await waitFor(() =>
      expect(lastSelection(api)).toMatchObject({
        filter: { verb: 'get' },
        from: '2026-11-22T09:30:00.000Z',
        to: '2026-11-22T10:00:00.000Z',
      }),
    );
    expect(Object.fromEntries(currentParams())).toEqual({
      verb: 'get',
      from: '2026-11-22T09:30:00.000Z',
      to: '2026-11-22T10:00:00.000Z',
    });
  });

  it('does not zoom where the brush is given up, nor to nothing', async () => {
    const { api, user } = setUp();
    const plot = await findPlot();
    act(() => plot.focus());
    fireEvent.pointerDown(plot, { button: 0, clientX: 100 });
    fireEvent.pointerMove(plot, { clientX: 250 });
    await user.keyboard('{Escape}');
    fireEvent.pointerUp(plot);
    fireEvent.pointerDown(plot, { button: 2, clientX: 100 });
    fireEvent.pointerUp(plot);
    // Beside the bars.
    fireEvent.pointerDown(plot, { button: 0, clientX: 250 });
    fireEvent.pointerUp(plot);
    expect(api.getEventHistogram).toHaveBeenCalledTimes(1);
  });

  it('zooms with the keyboard alone', async () => {
    const { api, user } = setUp();
    const plot = await findPlot();
    act(() => plot.focus());
    expect(plot).toHaveAttribute('aria-valuenow', '4');
    await user.keyboard('{ArrowLeft}');
    expect(plot).toHaveAttribute(
      'aria-valuetext',
      expect.stringContaining('7 succeeded, 3 failed'),
    );
    await user.keyboard('{Home}{Shift>}{ArrowRight}{/Shift}');
    expect(plot).toHaveAttribute(
      'aria-valuetext',
      expect.stringContaining(`${clock('09:00')} – ${clock('09:30')}`),
    );
    await user.keyboard('{Enter}');
    await waitFor(() =>
      expect(lastSelection(api)).toMatchObject({
        from: '2026-11-22T09:00:00.000Z',
        to: '2026-11-22T09:30:00.000Z',
      }),
    );
  });

  it('bounds the list under OR too', async () => {
    const { api, user } = setUp(
      `/?${HOUR}&verb=get&resource=pods&match=any&bounded=true`,
    );
    const plot = await findPlot();
    act(() => plot.focus());
    await user.keyboard('{Enter}');
    await waitFor(() =>
      expect(lastSelection(api)).toMatchObject({
        filter: { $any: [{ verb: 'get' }, { resource: 'pods' }] },
        from: '2026-11-22T09:45:00.000Z',
      }),
    );
    expect(currentParams().get('bounded')).toBe('true');
  });

  it('says that there are no calls, and nothing before anything is recorded', async () => {
    const none = async () => ({ widthMs: 60_000, items: [] });
    const first = setUp('/', { getEventHistogram: none });
    expect(
      await screen.findByText('No matching calls in this range'),
    ).toBeVisible();
    first.view.unmount();
    setUp('/', {
      getEventHistogram: none,
      listEvents: async () => ({ items: [] }),
    });
    await screen.findByText('No requests recorded yet');
    expect(
      screen.queryByRole('region', { name: 'Calls over time' }),
    ).toBeNull();
  });

  it('fails for itself, and is tried again', async () => {
    const { user } = setUp(undefined, {
      getEventHistogram: jest
        .fn()
        .mockRejectedValueOnce(new Error('connection refused'))
        .mockResolvedValue({ widthMs: 60_000, items: [] }),
    });
    expect(await screen.findByText(/connection refused/)).toBeVisible();
    expect(await screen.findByRole('cell', { name: '4711' })).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Retry' }));
    expect(
      await screen.findByText('No matching calls in this range'),
    ).toBeVisible();
  });

  it('has no accessibility violation', async () => {
    const { view, user } = setUp();
    const plot = await findPlot();
    act(() => plot.focus());
    await user.keyboard('{Shift>}{ArrowLeft}{/Shift}');
    expect(await axe(view.baseElement)).toHaveNoViolations();
  });
});
