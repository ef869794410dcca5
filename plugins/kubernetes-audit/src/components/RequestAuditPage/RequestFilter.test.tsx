import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {
  currentParams,
  fakeAuditApi,
  renderPage,
  sampleEvent,
} from '../../__testUtils__';
import { RequestAuditPage } from './RequestAuditPage';

function setUp() {
  const api = fakeAuditApi({
    listEvents: async () => ({ items: [sampleEvent()] }),
  });
  renderPage(<RequestAuditPage />, { api });
  return { api, user: userEvent.setup() };
}

const lastRequest = (api: ReturnType<typeof fakeAuditApi>) =>
  api.listEvents.mock.calls[api.listEvents.mock.calls.length - 1][0];

describe('the filter of Request Audit', () => {
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
    // Whoever takes them away by keyboard goes on from there.
    const next = screen.getByRole('button', { name: 'Remove Resource' });
    expect(next).toHaveFocus();
    await user.keyboard('{Enter}{Enter}');
    expect(currentParams().toString()).toBe('match=any');
    expect(screen.getByRole('list', { name: 'Conditions' })).toHaveFocus();
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

  it('filters by the further fields that are typed, suggested from the rows', async () => {
    const { api, user } = setUp();
    await screen.findByRole('cell', { name: '4711' });
    await user.click(screen.getByRole('button', { name: 'Filter' }));
    await user.click(screen.getByRole('checkbox', { name: 'Failure' }));
    await user.type(
      screen.getByLabelText('Kubernetes Groups'),
      'CN=ops,OU=eu{Enter}developers{Enter}',
    );
    await user.click(
      screen.getByRole('button', {
        name: 'Remove developers from Kubernetes Groups',
      }),
    );
    expect(screen.getByLabelText('Kubernetes Groups')).toHaveFocus();
    await user.keyboard('developers{Enter}');
    const role = screen.getByLabelText('Role');
    expect(
      Array.from((role as HTMLInputElement).list?.options ?? [], o => o.value),
    ).toEqual(['payments-developer']);
    // What is not confirmed by Enter counts all the same.
    await user.type(role, 'viewer');
    await user.click(screen.getByRole('button', { name: 'Apply' }));
    await waitFor(() =>
      expect(lastRequest(api).filter).toEqual({
        $all: [
          { result: 'failure' },
          { role: 'viewer' },
          {
            $any: [
              { kubernetesGroups: { $contains: 'CN=ops,OU=eu' } },
              { kubernetesGroups: { $contains: 'developers' } },
            ],
          },
        ],
      }),
    );
    const chips = screen.getByRole('list', { name: 'Conditions' });
    expect(chips).toHaveTextContent('ResultFailure');
    await user.click(screen.getByRole('button', { name: 'Remove Role' }));
    expect(currentParams().get('role')).toBeNull();
  });
});
