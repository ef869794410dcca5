import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Browsing } from '../support/Browsing';
import { PlayerDialog } from '../support/PlayerDialog';
import { TERMINAL_MARKER } from './markers';
import { ProductUnderTest } from './ProductUnderTest';

/** The pages and their dialogs, looked at by axe in both themes. */
export function testAccessibility(product: ProductUnderTest): void {
  describe('accessible in both themes', () => {
    let browsing: Browsing | undefined;
    let player: PlayerDialog | undefined;

    before(async () => {
      browsing = await Browsing.start(
        product.demo.env().PORTAL_URL,
        product.title,
        // Half faded in, nothing has the contrast that it will have.
        { reducedMotion: 'reduce' },
      );
      await browsing?.signInAsGuest();
    });

    after(() => browsing?.close());

    const test = (title: string, open: (browser: Browsing) => Promise<void>) =>
      it(title, async t => {
        if (!browsing) return t.skip('no Chromium');
        await open(browsing);
        for (const theme of ['light', 'dark'] as const) {
          await browsing.prefer(theme);
          await browsing.screenshot(`Accessible ${title}, ${theme}`);
          assert.deepEqual(await browsing.violations(), [], theme);
        }
        return undefined;
      });

    test('is Request Audit', async browser => {
      await browser.goTo('/admin/audit/kubernetes/requests');
    });

    test('are the details of a request', browser => browser.openNewest());

    test('is Pod Session Recordings', async browser => {
      await browser.goTo('/admin/audit/kubernetes/recordings');
    });

    test('is the player', async browser => {
      player = await browser.openRecording(
        await product.portal.recordingOf(TERMINAL_MARKER),
      );
      await player.seek(1);
      await player.see(new RegExp(`got-${TERMINAL_MARKER}`));
      await player.openTranscript(new RegExp(`got-${TERMINAL_MARKER}`));
    });

    test('is the encryption of a download', async () => {
      assert.ok(player);
      const form = await player.chooseDownload();
      await form.choosePassword();
      await form.enter('password', 'another password');
      await form.see(/Strength: very weak/);
      await form.enter('correct horse 7 battery', 'another password');
      await form.submit();
      await form.see(/The passwords differ/);
    });
  });
}
