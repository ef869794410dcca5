import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { REPOSITORY } from '../bootstrap/repository.mjs';

/** The first visit compiles what the page needs. */
const TIMEOUT_MS = 120_000;
const RESULTS = join(REPOSITORY, 'e2e-results');
const CHROMIUM = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/**
 * A person at an installed portal: signs in as guest, opens both pages from
 * the sidebar, and sees a call and a recording.
 *
 * @param {string} url - of the app
 * @param {string} title - of the screenshots in `e2e-results`
 */
export async function seePages(url, title) {
  const executablePath = CHROMIUM.find(path => path && existsSync(path));
  if (!executablePath) throw new Error('there is no Chromium');
  mkdirSync(RESULTS, { recursive: true });
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
  });
  try {
    const page = await browser.newPage({
      viewport: { width: 1440, height: 900 },
    });
    page.setDefaultTimeout(TIMEOUT_MS);
    /** @type {string[]} */
    const errors = [];
    page.on('pageerror', error => errors.push(error.message));
    const shoot = (/** @type {string} */ name) =>
      page.screenshot({ path: join(RESULTS, `${title}-${name}.png`) });

    await page.goto(url);
    const enter = page.getByRole('button', { name: 'Enter' });
    const link = page.getByRole('link', { name: 'Request Audit' });
    // The legacy template signs the guest in by itself.
    await enter.or(link).first().waitFor();
    if (await enter.isVisible()) await enter.click();
    await link.click();
    const call = page
      .getByRole('row')
      .filter({ has: page.getByRole('cell', { name: 'list', exact: true }) })
      .filter({ has: page.getByRole('cell', { name: 'pods', exact: true }) });
    await call.first().waitFor();
    await shoot('request-audit');
    const wider = await page.evaluate(() =>
      [
        document.documentElement,
        ...Array.from(document.querySelectorAll('main')),
      ].some(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth),
    );
    if (wider) throw new Error('the page is wider than the window');

    await page.getByRole('link', { name: 'Pod Session Recordings' }).click();
    await page.getByRole('row').nth(1).getByRole('link').first().click();
    const player = page.getByRole('dialog', { name: 'Session Recording' });
    await player.getByRole('button', { name: 'Play', exact: true }).click();
    await player
      .getByRole('group', { name: 'Replay of the terminal' })
      .getByText('installed')
      .first()
      .waitFor();
    await shoot('recording');
    if (errors.length > 0) throw new Error(`the page says ${errors.join()}`);
  } catch (error) {
    const [page] = browser.contexts().flatMap(context => context.pages());
    await page?.screenshot({ path: join(RESULTS, `${title}-failed.png`) });
    throw error;
  } finally {
    await browser.close();
  }
}
