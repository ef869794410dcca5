import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { fakeAuditApi, renderPage, sampleEvent } from '../../__testUtils__';
import { RequestAuditDetails } from './RequestAuditDetails';

const LINK = 'https://portal.example.com/requests?event=1';

function setUp(
  overrides?: Parameters<typeof sampleEvent>[0],
  otherRow?: ReturnType<typeof sampleEvent>,
) {
  const event = sampleEvent(overrides);
  const steps = { onPrevious: jest.fn(), onNext: jest.fn() };
  const api = fakeAuditApi({
    getEvent: async () => event,
    listEvents: async () => ({ items: otherRow ? [event, otherRow] : [event] }),
  });
  renderPage(
    <RequestAuditDetails
      eventId={event.id}
      link={LINK}
      eventSearch={id => `?event=${id}`}
      recordingSearch={id => `?recording=${id}`}
      {...steps}
      onClose={() => {}}
    />,
    { api },
  );
  return { api, ...steps, user: userEvent.setup() };
}

/** The fields of the block under a heading, as `[label, value]`. */
async function fieldsOf(heading: string) {
  const block = (await screen.findByRole('heading', { name: heading }))
    .parentElement!;
  return within(block)
    .getAllByRole('term')
    .map(term => [term.textContent, term.nextElementSibling?.textContent]);
}

describe('RequestAuditDetails', () => {
  // How copying ends where there is no clipboard.
  let prompt: jest.SpyInstance;

  beforeEach(() => {
    prompt = jest.spyOn(window, 'prompt').mockReturnValue(null);
  });

  afterEach(() => prompt.mockRestore());

  it('shows the fields of the event in the order of the specification', async () => {
    setUp({ recordingId: 'r1' });
    const fields = await fieldsOf('Event');
    expect(fields.map(([label]) => label)).toEqual([
      'Result',
      'Executed At',
      'Message',
      'Name',
      'Email',
      'Client IP',
      'Client Name',
      'Cluster Name',
      'Role',
      'Cluster Endpoint',
      'Reverse Tunnel Agent Name',
      'Tag',
      'Pod Session Recording',
    ]);
    expect(Object.fromEntries(fields)).toMatchObject({
      Result: 'Success',
      'Reverse Tunnel Agent Name': 'tunnel-a',
      Tag: 'site=fra1',
    });
  });

  it('shows the call and who it was made as', async () => {
    setUp();
    expect(await fieldsOf('API call')).toEqual([
      ['Verb', 'create'],
      ['Namespace', 'payments'],
      ['Resource', 'configmaps'],
      ['Resource Name', 'flags'],
      ['Kubernetes Impersonated User', 'deploy-bot'],
      ['Kubernetes Impersonated Group', 'deployers'],
    ]);
  });

  it('links to the recording only where there is one', async () => {
    setUp();
    await fieldsOf('Event');
    expect(screen.queryByText('Pod Session Recording')).toBeNull();
  });

  it('plays the recording in place', async () => {
    setUp({ recordingId: 'r1' });
    expect(
      await screen.findByRole('link', { name: 'Session Recording' }),
    ).toHaveAttribute('href', '/?recording=r1');
  });

  it('says how much of a long body was kept', async () => {
    setUp({ requestBodyTruncated: true, requestBodySize: 18_631 });
    expect(await screen.findByText('cut at 4 KB of 18 KB')).toBeVisible();
    expect(
      screen.getByRole('region', { name: 'Request Body' }),
    ).toHaveTextContent('kind: ConfigMap');
  });

  it('says that there is no body', async () => {
    setUp({ requestBody: undefined, requestBodySize: undefined });
    expect(
      await screen.findByText('No body was recorded for this call.'),
    ).toBeVisible();
  });

  it('shows hostile text as text', async () => {
    setUp({ message: '<img src=x onerror=alert(1)> {{title}}' });
    expect(Object.fromEntries(await fieldsOf('Event')).Message).toBe(
      '<img src=x onerror=alert(1)> {{title}}',
    );
  });

  it('lets the keyboard scroll what is long, and passes over the rest', async () => {
    const message = 'admission webhook denied the request: '.repeat(20);
    setUp({ message });
    expect(await screen.findByText(message.trim())).toHaveAttribute(
      'tabindex',
      '0',
    );
    expect(screen.getByText('jane')).not.toHaveAttribute('tabindex');
  });

  it('copies the body as it was recorded', async () => {
    const { user } = setUp();
    await screen.findByRole('region', { name: 'Request Body' });
    await user.click(screen.getAllByRole('button', { name: 'Copy' })[0]);
    expect(prompt).toHaveBeenCalledWith(expect.anything(), 'kind: ConfigMap\n');
    expect(screen.getByRole('button', { name: 'Copied' })).toBeVisible();
  });

  it('shows the whole event as JSON', async () => {
    const { user } = setUp();
    await user.click(await screen.findByText('Raw JSON'));
    const json = screen.getByRole('region', { name: 'Raw JSON' });
    expect(JSON.parse(json.textContent ?? '')).toEqual(sampleEvent());
  });

  it('goes to the requests beside it with J and K', async () => {
    const { onPrevious, onNext, user } = setUp();
    await screen.findByRole('dialog', { name: 'Request 4711' });
    await user.keyboard('j');
    expect(onNext).toHaveBeenCalledTimes(1);
    await user.keyboard('K');
    expect(onPrevious).toHaveBeenCalledTimes(1);
    await user.keyboard('{Control>}j{/Control}');
    expect(onNext).toHaveBeenCalledTimes(1);
    await user.click(screen.getByRole('button', { name: 'Next request (J)' }));
    expect(onNext).toHaveBeenCalledTimes(2);
  });

  it('copies its link', async () => {
    const { user } = setUp();
    await user.click(
      await screen.findByRole('button', { name: 'Copy link to this request' }),
    );
    expect(prompt).toHaveBeenCalledWith(expect.anything(), LINK);
    expect(screen.getByRole('button', { name: 'Link copied' })).toBeVisible();
  });

  it.each([
    ['start', '2026-11-22T09:20:00.000Z', 'Go to its end'],
    ['end', '2026-11-22T09:10:00.000Z', 'Go to its start'],
  ])(
    'leads from the %s of a session to its other row',
    async (_row, executedAt, link) => {
      const sessionId = '0193a000-0000-7000-8000-00000000000a';
      const other = sampleEvent({ id: 'other', executedAt, sessionId });
      const { api } = setUp({ sessionId }, other);
      expect(await screen.findByRole('link', { name: link })).toHaveAttribute(
        'href',
        '/?event=other',
      );
      expect(api.listEvents.mock.calls[0][0].filter).toEqual({ sessionId });
    },
  );

  it('leads nowhere from a session that has one row as yet', async () => {
    setUp({ sessionId: '0193a000-0000-7000-8000-00000000000a' });
    await fieldsOf('Event');
    expect(screen.queryByRole('link')).toBeNull();
  });
});
