import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Browsing } from '../support/Browsing';
import { eventually } from '../support/eventually';
import { SESSION_COUNT, TERMINAL_MARKER } from './markers';
import { ProductUnderTest } from './ProductUnderTest';

/** The component of examples/catalog.yaml, whose objects are called `web`. */
const TAB = '/catalog/default/component/web/kubernetes-calls';

/** The catalog's component `web`, and what was called on it. */
export function testCatalog(product: ProductUnderTest): void {
  describe('the tab of a component', () => {
    let browsing: Browsing | undefined;

    before(async () => {
      browsing = await Browsing.start(
        product.demo.env().PORTAL_URL,
        product.title,
      );
      await browsing?.signInAsGuest();
    });

    after(() => browsing?.close());

    it('shows a call on its pod, and none on others', async t => {
      if (!browsing) return t.skip('no Chromium');
      await product.kubectlOk(['get', 'pod', 'web']);
      // There is one in the demo's own cluster alone; the call is recorded anyway.
      await product.kubectl.run(['get', 'pod', 'worker']);
      await eventually(async () => {
        const calls = await product.portal.events({ resourceName: 'worker' });
        assert.ok(calls.some(({ verb }) => verb === 'get'));
      });
      await browsing.goTo(TAB);
      await browsing.screenshot('Kubernetes calls');
      await browsing.seeCall({ verb: 'get', resource: 'pods' });
      assert.equal(await browsing.countRows('worker'), 0);
      assert.equal(await browsing.countRows('list'), 0);
      assert.deepEqual(await browsing.violations(), []);
      return undefined;
    });

    it('plays the sessions in its pod', async t => {
      if (!browsing) return t.skip('no Chromium');
      await browsing.goTo(`${TAB}?view=recordings`);
      await browsing.screenshot('Kubernetes calls, recordings');
      assert.equal(await browsing.countRows('guest'), SESSION_COUNT);
      await browsing.playNewestRecording(`got-${TERMINAL_MARKER}`);
      return undefined;
    });

    it('stays usable in a narrow window', async t => {
      if (!browsing) return t.skip('no Chromium');
      await browsing.resize(390, 844);
      await browsing.goTo(TAB);
      await browsing.screenshot('Kubernetes calls, narrow');
      assert.deepEqual(await browsing.violations(), []);
      return undefined;
    });
  });
}
