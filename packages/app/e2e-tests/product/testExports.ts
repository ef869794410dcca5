import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Download } from 'playwright-core';
import { Browsing } from '../support/Browsing';
import { PlayerDialog } from '../support/PlayerDialog';
import { hasSevenZip, openProtectedZip } from '../support/protectedZip';
import { TERMINAL_MARKER } from './markers';
import { ProductUnderTest } from './ProductUnderTest';

const PASSWORD = 'correct horse battery staple 9';
const ASCIICAST = new RegExp(`^\\{"version":2[^]*got-${TERMINAL_MARKER}`);

/**
 * Saves a recording of {@link testKubectl} from the browser.
 *
 * @param encryption - what the portal is configured with
 */
export function testExports(
  product: ProductUnderTest,
  encryption: 'optional' | 'required',
): void {
  describe(`the download, where encryption is ${encryption}`, () => {
    let browsing: Browsing | undefined;
    let directory: string;
    let recordingId: string;

    before(async () => {
      directory = mkdtempSync(join(tmpdir(), 'kubernetes-audit-e2e-'));
      browsing = await Browsing.start(
        product.demo.env().PORTAL_URL,
        product.title,
      );
      await browsing?.signInAsGuest();
      recordingId = await product.portal.recordingOf(TERMINAL_MARKER);
    });

    after(async () => {
      await browsing?.close();
      rmSync(directory, { recursive: true });
    });

    const test = (
      title: string,
      run: (player: PlayerDialog, browser: Browsing) => Promise<void>,
    ) =>
      it(title, async t => {
        if (!browsing) return t.skip('no Chromium');
        if (!hasSevenZip()) return t.skip('no 7-Zip');
        return run(await browsing.openRecording(recordingId), browsing);
      });

    const saved = async (download: Download, suffix: RegExp) => {
      assert.match(download.suggestedFilename(), suffix);
      const file = join(directory, download.suggestedFilename());
      await download.saveAs(file);
      return file;
    };

    const assertProtected = async (download: Download) => {
      const file = await saved(download, /^guest_\w+\.cast\.zip$/);
      assert.match(openProtectedZip(file, PASSWORD) ?? '', ASCIICAST);
      assert.equal(openProtectedZip(file, `${PASSWORD}0`), undefined);
    };

    if (encryption === 'optional') {
      test('saves the recording as it is', async player => {
        const file = await saved(await player.download(), /^guest_\w+\.cast$/);
        assert.match(readFileSync(file, 'utf8'), ASCIICAST);
      });

      test('protects it with a password where that is chosen', async player => {
        const form = await player.chooseDownload();
        await form.choosePassword();
        await form.enter(PASSWORD);
        await assertProtected(await form.save());
      });
    } else {
      test('asks for a password first', async (player, browser) => {
        const form = await player.downloadProtected();
        await form.enter('abc');
        await form.see(/Strength: very weak/);
        await form.submit();
        await form.see(/^At least \d+ characters/);
        await form.enter(PASSWORD, `${PASSWORD} and more`);
        await form.see(/Strength: strong/);
        await form.submit();
        await form.see(/The passwords differ/);
        await browser.screenshot('Pod Session Recordings, encryption');
        await form.enter(PASSWORD);
        await assertProtected(await form.save());
      });

      it('asks for a password before the calls leave, too', async t => {
        if (!browsing) return t.skip('no Chromium');
        if (!hasSevenZip()) return t.skip('no 7-Zip');
        const list = await browsing.openRequests('?verb=create');
        await list.openExportMenu();
        const form = await list.exportProtected('CSV');
        await browsing.screenshot('Request Audit, encryption');
        await form.enter(PASSWORD);
        const file = await saved(
          await form.save(),
          /^request-audit_\w+\.csv\.zip$/,
        );
        assert.match(
          openProtectedZip(file, PASSWORD) ?? '',
          /^No,Executed At,/,
        );
        return undefined;
      });

      it('is refused by the portal without one', async () => {
        await assert.rejects(
          product.portal.asciicast(recordingId),
          /answered 403: .*export/,
        );
      });
    }
  });
}
