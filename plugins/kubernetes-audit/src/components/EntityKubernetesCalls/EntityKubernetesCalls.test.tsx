import { NotAllowedError } from '@backstage/errors';
import { EntityProvider } from '@backstage/plugin-catalog-react';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe, toHaveNoViolations } from 'jest-axe';
import type { KubernetesAuditApi } from '../../api';
import {
  currentParams,
  fakeAuditApi,
  renderPage,
  sampleEvent,
  sampleRecording,
} from '../../__testUtils__';
import { EntityKubernetesCalls } from './EntityKubernetesCalls';

expect.extend(toHaveNoViolations);

const ANNOTATIONS = {
  'backstage.io/kubernetes-id': 'payments',
  'backstage.io/kubernetes-namespace': 'prod',
};

const CALLS = {
  $all: [
    { namespace: 'prod' },
    {
      $any: [
        { resourceName: { $in: ['payments'] } },
        { resourceName: { $hasPrefix: 'payments-' } },
      ],
    },
  ],
};

function setUp(
  options: {
    annotations?: Record<string, string>;
    url?: string;
    api?: Partial<KubernetesAuditApi>;
  } = {},
) {
  const api = fakeAuditApi({
    listEvents: async () => ({ items: [sampleEvent()], totalItems: 1 }),
    listRecordings: async () => ({ items: [sampleRecording()], totalItems: 1 }),
    getRecording: async () => sampleRecording(),
    ...options.api,
  });
  const entity = {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name: 'payments',
      annotations: options.annotations ?? ANNOTATIONS,
    },
  };
  const view = renderPage(
    <EntityProvider entity={entity}>
      <EntityKubernetesCalls />
    </EntityProvider>,
    { api, url: options.url },
  );
  return { api, view, user: userEvent.setup() };
}

async function refusal(): Promise<never> {
  throw new NotAllowedError('not for you');
}

describe('EntityKubernetesCalls', () => {
  it('lists the calls on the objects of the entity, and says which those are', async () => {
    const { api } = setUp();
    await screen.findByRole('cell', { name: '4711' });
    expect(api.listEvents.mock.lastCall?.[0].filter).toEqual(CALLS);
    expect(api.getEventHistogram.mock.lastCall?.[0].filter).toEqual(CALLS);
    const scope = screen.getByRole('list', {
      name: 'What this entity has in Kubernetes',
    });
    expect(scope).toHaveTextContent(
      'NamespaceprodANDResource Namepayments, payments-…',
    );
  });

  it('keeps to them whatever the list is filtered by, alternatives too', async () => {
    const { api } = setUp({ url: '/?verb=delete&result=failure&match=any' });
    await screen.findByRole('cell', { name: '4711' });
    expect(api.listEvents.mock.lastCall?.[0].filter).toEqual({
      $all: [CALLS, { $any: [{ verb: 'delete' }, { result: 'failure' }] }],
    });
  });

  it('saves no more than the calls on them', async () => {
    const { api, user } = setUp({ api: { downloadEvents: refusal } });
    await user.click(await screen.findByRole('button', { name: 'Export' }));
    const menu = await screen.findByRole('menu');
    await user.click(within(menu).getAllByRole('menuitem')[0]);
    await waitFor(() => expect(api.downloadEvents).toHaveBeenCalled());
    expect(api.downloadEvents.mock.lastCall?.[0].filter).toEqual(CALLS);
  });

  it('lists the sessions in its pods, without the conditions of the calls', async () => {
    const { api, user } = setUp({ url: '/?verb=delete&range=yesterday' });
    await user.click(await screen.findByRole('radio', { name: 'Recordings' }));
    await screen.findByRole('cell', { name: '12' });
    expect(currentParams().toString()).toBe('view=recordings');
    expect(api.listRecordings.mock.lastCall?.[0]).toEqual({
      filter: {
        $all: [
          { namespace: 'prod' },
          {
            $any: [
              { podName: { $in: ['payments'] } },
              { podName: { $hasPrefix: 'payments-' } },
            ],
          },
        ],
      },
    });
    await user.click(screen.getByRole('cell', { name: '12' }));
    await screen.findByRole('dialog', { name: 'Session Recording' });
  });

  it('opens a call over the list', async () => {
    const { user } = setUp({
      api: { getEvent: async () => sampleEvent() },
    });
    await user.click(await screen.findByRole('cell', { name: '4711' }));
    await screen.findByRole('dialog', { name: 'Request 4711' });
    expect(currentParams().get('event')).toBe(sampleEvent().id);
  });

  it('tells of what is looked for where nothing was called, and leads to other days', async () => {
    const { api, user } = setUp({
      api: { listEvents: async () => ({ items: [], totalItems: 0 }) },
    });
    await screen.findByText('Nothing has been called on it today.');
    expect(
      screen.getByText(/annotations backstage.io\/kubernetes-id, .* lists,/),
    ).toBeInTheDocument();
    // Whether there is any call of somebody else's is not asked.
    expect(api.listEvents).toHaveBeenCalledTimes(1);
    await user.click(screen.getByRole('button', { name: 'Show any time' }));
    await waitFor(() => expect(currentParams().get('range')).toBe('anyTime'));
  });

  it('tells of what is looked for where no session was opened', async () => {
    setUp({
      url: '/?view=recordings',
      api: { listRecordings: async () => ({ items: [], totalItems: 0 }) },
    });
    await screen.findByText('No session has been recorded in its pods.');
    expect(screen.queryByRole('button', { name: 'Clear filters' })).toBeNull();
  });

  it.each([
    ['', 'kubernetes-audit.event.read'],
    ['?view=recordings', 'kubernetes-audit.recording.read'],
  ])('names the permission that is missing at /%s', async (url, permission) => {
    setUp({
      url: `/${url}`,
      api: { listEvents: refusal, listRecordings: refusal },
    });
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent(permission);
    expect(screen.queryByRole('table')).toBeNull();
    expect(screen.queryByRole('slider')).toBeNull();
  });

  it('asks for nothing where the annotations name no object', async () => {
    const { api, view } = setUp({
      annotations: { 'backstage.io/kubernetes-label-selector': 'env=prod' },
    });
    await screen.findByText('No object is named');
    expect(screen.getByText(/backstage.io\/kubernetes-id:/)).toBeVisible();
    expect(api.listEvents).not.toHaveBeenCalled();
    expect(await axe(view.baseElement)).toHaveNoViolations();
  });

  it('has no accessibility violation in either list', async () => {
    const { user, view } = setUp();
    await screen.findByRole('cell', { name: '4711' });
    expect(await axe(view.baseElement)).toHaveNoViolations();
    await user.click(screen.getByRole('radio', { name: 'Recordings' }));
    await screen.findByRole('cell', { name: '12' });
    expect(await axe(view.baseElement)).toHaveNoViolations();
  });
});
