import { screen, within } from '@testing-library/react';
import { fakeAuditApi, renderPage, sampleEvent } from '../../__testUtils__';
import { RequestAuditDetails } from './RequestAuditDetails';

function setUp(overrides?: Parameters<typeof sampleEvent>[0]) {
  const event = sampleEvent(overrides);
  renderPage(
    <RequestAuditDetails
      eventId={event.id}
      recordingSearch={id => `?recording=${id}`}
      onClose={() => {}}
    />,
    { api: fakeAuditApi({ getEvent: async () => event }) },
  );
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
    expect(screen.getByText('kind: ConfigMap')).toBeVisible();
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
});
