import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Browsing } from '../support/Browsing';
import { TERMINAL_MARKER } from './markers';
import { ProductUnderTest } from './ProductUnderTest';

/** The same in a browser. */
export function testPages(product: ProductUnderTest): void {
  describe('the pages', () => {
    let browsing: Browsing | undefined;

    before(async () => {
      browsing = await Browsing.start(
        product.demo.env().PORTAL_URL,
        product.title,
      );
    });

    after(() => browsing?.close());

    it('list the calls and open one', async t => {
      if (!browsing) return t.skip('no Chromium');
      await browsing.signInAsGuest();
      await browsing.openFromSidebar('Request Audit');
      await browsing.seeCall({ verb: 'list', resource: 'pods' });
      return undefined;
    });

    it('are found from the address above them', async t => {
      if (!browsing) return t.skip('no Chromium');
      assert.equal(
        await browsing.goTo('/admin/audit/kubernetes'),
        '/admin/audit/kubernetes/requests',
      );
      return undefined;
    });

    it('play a recording to what was on the terminal', async t => {
      if (!browsing) return t.skip('no Chromium');
      await browsing.openFromSidebar('Pod Session Recordings');
      await browsing.playNewestRecording(`got-${TERMINAL_MARKER}`);
      return undefined;
    });
  });
}
