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

    it('play a recording to what was on the terminal', async t => {
      if (!browsing) return t.skip('no Chromium');
      await browsing.openFromSidebar('Pod Session Recordings');
      await browsing.playNewestRecording(`got-${TERMINAL_MARKER}`);
      return undefined;
    });
  });
}
