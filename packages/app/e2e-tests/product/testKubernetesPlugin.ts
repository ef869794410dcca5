import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Browsing } from '../support/Browsing';
import { eventually } from '../support/eventually';
import { ProductUnderTest } from './ProductUnderTest';

/** The component of examples/catalog.yaml, which has a Deployment of the same name. */
const COMPONENT = '/catalog/default/component/web';

/** Backstage's own Kubernetes plugin, led through the proxy. */
export function testKubernetesPlugin(product: ProductUnderTest): void {
  describe("the tab of Backstage's own Kubernetes plugin", () => {
    let browsing: Browsing | undefined;

    before(async () => {
      browsing = await Browsing.start(
        product.demo.env().PORTAL_URL,
        product.title,
      );
      await browsing?.signInAsGuest();
    });

    after(() => browsing?.close());

    it('lists the pods of a component, and shows the log of one', async t => {
      if (!browsing) return t.skip('no Chromium');
      const tab = await browsing.openKubernetesTab(COMPONENT);
      await tab.unfoldCluster(product.cluster.name);
      await tab.unfoldDeployment('web');
      await browsing.screenshot("Backstage's Kubernetes plugin");
      assert.match(await tab.readLog('web'), product.cluster.logLine);
      await browsing.screenshot("Backstage's Kubernetes plugin, log");
      return undefined;
    });

    it('calls the cluster as the user, which the audit tells', async t => {
      if (!browsing) return t.skip('no Chromium');
      await eventually(async () => {
        const calls = await product.portal.events({ connectedFrom: 'Portal' });
        const of = (verb: string, resource: string) =>
          calls.find(call => call.verb === verb && call.resource === resource);
        for (const call of [of('list', 'pods'), of('get', 'pods/log')]) {
          assert.equal(call?.userEntityRef, 'user:default/guest');
          assert.equal(call?.result, 'success');
          assert.equal(call?.namespace, 'dev');
        }
      });
      return undefined;
    });
  });
}
