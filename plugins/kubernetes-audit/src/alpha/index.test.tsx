import { coreExtensionData } from '@backstage/frontend-plugin-api';
import {
  createExtensionTester,
  renderInTestApp,
} from '@backstage/frontend-test-utils';
import { EntityContentBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { fireEvent, screen } from '@testing-library/react';
import { fakeAuditApi, sampleEvent } from '../__testUtils__';
import { kubernetesAuditApiRef } from '../api';
import plugin from '.';

describe('the plugin of the new frontend system', () => {
  it.each([
    [
      'page:kubernetes-audit/requests',
      'Request Audit',
      '/admin/audit/kubernetes/requests',
      'kubernetes-audit.event.read#read',
    ],
    [
      'page:kubernetes-audit/recordings',
      'Pod Session Recordings',
      '/admin/audit/kubernetes/recordings',
      'kubernetes-audit.recording.read#read',
    ],
    [
      'page:kubernetes-audit/agents',
      'Proxies and tunnels',
      '/admin/audit/kubernetes/agents',
      'kubernetes-audit.agent.read#read',
    ],
    [
      'page:kubernetes-audit/roles',
      'Roles',
      '/admin/audit/kubernetes/roles',
      'kubernetes-audit.access.manage#update',
    ],
    [
      'page:kubernetes-audit/access',
      'Kubernetes Access',
      '/kubernetes-access',
      'kubernetes-audit.access.use',
    ],
  ] as const)(
    'mounts %s for those who may see it',
    (id, title, path, permission) => {
      const extension = plugin.getExtension(id);
      const tester = createExtensionTester(extension);
      expect(tester.get(coreExtensionData.title)).toBe(title);
      expect(tester.get(coreExtensionData.routePath)).toBe(path);
      expect(tester.query(extension).node.spec.if).toEqual({
        permissions: { $contains: permission },
      });
    },
  );

  it.each([
    [undefined, 'Request Audit'],
    ['Who called what', 'Who called what'],
  ])('is titled by the app, or by itself: %s', async (set, title) => {
    const page = createExtensionTester(
      plugin.getExtension('page:kubernetes-audit/requests'),
      { config: { title: set } },
    );
    const listEvents = async () => ({ items: [] });
    renderInTestApp(page.reactElement(), {
      apis: [[kubernetesAuditApiRef, fakeAuditApi({ listEvents })]],
    });
    await screen.findByText('No requests recorded yet');
    expect(screen.getAllByText(title)[0]).toBeVisible();
  });

  it('stays as it is when its address changes', async () => {
    const page = createExtensionTester(
      plugin.getExtension('page:kubernetes-audit/requests'),
    );
    const api = fakeAuditApi({
      listEvents: async () => ({ items: [sampleEvent()] }),
      getEvent: async () => sampleEvent(),
    });
    renderInTestApp(page.reactElement(), {
      apis: [[kubernetesAuditApiRef, api]],
    });
    const table = await screen.findByRole('table', { busy: false });
    fireEvent.click(screen.getByRole('cell', { name: '4711' }));
    await screen.findByRole('dialog', { name: 'Request 4711' });
    expect(table).toBeInTheDocument();
    expect(api.listEvents).toHaveBeenCalledTimes(1);
  });

  it('adds a tab to entities that say what they have in Kubernetes', () => {
    const tester = createExtensionTester(
      plugin.getExtension('entity-content:kubernetes-audit/calls'),
    );
    expect(tester.get(coreExtensionData.routePath)).toBe('/kubernetes-calls');
    expect(tester.get(EntityContentBlueprint.dataRefs.title)).toBe(
      'Kubernetes calls',
    );
    const isShown = tester.get(EntityContentBlueprint.dataRefs.filterFunction);
    const entityWith = (annotations: Record<string, string>) => ({
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: { name: 'payments', annotations },
    });
    expect(
      isShown?.(entityWith({ 'backstage.io/kubernetes-namespace': 'prod' })),
    ).toBe(true);
    expect(isShown?.(entityWith({}))).toBe(false);
  });
});
