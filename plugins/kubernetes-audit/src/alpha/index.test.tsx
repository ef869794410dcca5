import { createExtensionTester } from '@backstage/frontend-test-utils';
import plugin from '.';

describe('the plugin of the new frontend system', () => {
  it.each([
    [
      'page:kubernetes-audit/requests',
      '/admin/audit/kubernetes/requests',
      'kubernetes-audit.event.read#read',
    ],
    [
      'page:kubernetes-audit/recordings',
      '/admin/audit/kubernetes/recordings',
      'kubernetes-audit.recording.read#read',
    ],
  ])('mounts %s for those who may read it', (id, path, permission) => {
    const extension = plugin.getExtension(id);
    const tester = createExtensionTester(extension);
    expect(tester.query(extension).node.spec.if).toEqual({
      permissions: { $contains: permission },
    });
    expect(JSON.stringify(tester.snapshot())).toContain('core.routing.path');
    expect(path).toBeDefined();
  });
});
