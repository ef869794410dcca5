import { screen } from '@testing-library/react';
import { fakeAuditApi, renderPage, sampleEvent } from '../../__testUtils__';
import { RequestAuditDetails } from './RequestAuditDetails';

it('shows what a name or a body hides', async () => {
  const event = sampleEvent({
    resourceName: 'web\u202egpj',
    requestBody: 'kind: "Pod\u200b"\n',
  });
  renderPage(
    <RequestAuditDetails
      eventId={event.id}
      link="http://localhost/calls"
      eventSearch={id => `?event=${id}`}
      recordingSearch={id => `?recording=${id}`}
      onClose={() => {}}
    />,
    { api: fakeAuditApi({ getEvent: async () => event }) },
  );
  expect(await screen.findByText('web\\u{202E}gpj')).toBeInTheDocument();
  expect(
    screen.getByRole('region', { name: 'Request Body' }),
  ).toHaveTextContent('kind: "Pod\\u{200B}"');
  expect(document.body.textContent).not.toMatch(/[\u202e\u200b]/);
});
