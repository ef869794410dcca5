import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  Browser,
  BrowserContextOptions,
  chromium,
  Page,
} from 'playwright-core';
import { AccessPage } from './AccessPage';
import { AgentsPage } from './AgentsPage';
import { findViolations } from './findViolations';
import { KubernetesTab } from './KubernetesTab';
import { PlayerDialog } from './PlayerDialog';
import { RequestList } from './RequestList';
import { RESULTS } from './repository';

const TIMEOUT_MS = 20_000;
const PLAYBACK_TIMEOUT_MS = 30_000;
const CHROMIUM = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** A person at the portal's pages. */
export class Browsing {
  /** Undefined when there is no Chromium on this machine. */
  static async start(
    url: string,
    title: string,
    options: Pick<BrowserContextOptions, 'reducedMotion'> = {},
  ) {
    const executablePath = CHROMIUM.find(path => path && existsSync(path));
    if (!executablePath) return undefined;
    mkdirSync(RESULTS, { recursive: true });
    const browser = await chromium.launch({
      executablePath,
      args: [
        // Refused to root otherwise.
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    const page = await browser.newPage({
      viewport: { width: 1440, height: 900 },
      ...options,
    });
    page.setDefaultTimeout(TIMEOUT_MS);
    return new Browsing(browser, page, url, title);
  }

  readonly #browser: Browser;
  readonly #page: Page;
  readonly #url: string;
  readonly #title: string;

  private constructor(
    browser: Browser,
    page: Page,
    url: string,
    title: string,
  ) {
    this.#browser = browser;
    this.#page = page;
    this.#url = url;
    this.#title = title;
  }

  async signInAsGuest(): Promise<void> {
    await this.#page.goto(this.#url);
    await this.#page.getByRole('button', { name: 'Enter' }).click();
    await this.#page.getByRole('link', { name: 'Request Audit' }).waitFor();
  }

  async openFromSidebar(title: string): Promise<void> {
    await this.#page.getByText('Administrator', { exact: true }).waitFor();
    await this.#page.getByRole('link', { name: title }).click();
    await this.#page.getByRole('row').nth(1).waitFor();
    await this.screenshot(title);
  }

  /** Finds a row of *Request Audit* and opens its details. */
  async seeCall(call: Record<'verb' | 'resource', string>): Promise<void> {
    const cell = (text: string) =>
      this.#page.getByRole('cell', { name: text, exact: true });
    const row = this.#page
      .getByRole('row')
      .filter({ has: cell(call.verb) })
      .filter({ has: cell(call.resource) })
      .first();
    await row.getByRole('link').click();
    const details = this.#page.getByRole('dialog', { name: /^Request \d+$/ });
    for (const text of [call.verb, call.resource, 'guest@example.com']) {
      await details.getByText(text, { exact: true }).waitFor();
    }
    await this.screenshot('Request Audit, details');
    await details.getByRole('button', { name: 'Close' }).click();
  }

  /** Opens the newest recording and plays until a text is on the terminal. */
  async playNewestRecording(text: string): Promise<void> {
    await this.#page.getByRole('row').nth(1).getByRole('link').click();
    const player = this.#page.getByRole('dialog', {
      name: 'Session Recording',
    });
    await player.getByRole('button', { name: 'Play', exact: true }).click();
    await player
      .getByRole('group', { name: 'Replay of the terminal' })
      .getByText(text)
      .first()
      .waitFor({ timeout: PLAYBACK_TIMEOUT_MS });
    await this.screenshot('Pod Session Recordings, player');
    await player.getByRole('button', { name: 'Close' }).click();
  }

  /** Types an address below the portal's; ends with where that led. */
  async goTo(path: string): Promise<string> {
    await this.#page.goto(`${this.#url}${path}`);
    await this.#page.getByRole('row').nth(1).waitFor();
    return new URL(this.#page.url()).pathname;
  }

  /** How many rows of the list have a cell with exactly this text. */
  async countRows(text: string): Promise<number> {
    return this.#page
      .getByRole('row')
      .filter({
        has: this.#page.getByRole('cell', { name: text, exact: true }),
      })
      .count();
  }

  /** Opens the newest row's details. */
  async openNewest(): Promise<void> {
    await this.#page.getByRole('row').nth(1).getByRole('link').click();
    await this.#page.getByRole('dialog').waitFor();
  }

  /** Asks for a theme, as the settings of a machine do. */
  async prefer(theme: 'light' | 'dark'): Promise<void> {
    await this.#page.emulateMedia({ colorScheme: theme });
    await this.#page.locator(`body[data-theme-mode='${theme}']`).waitFor();
  }

  /** What axe finds wrong with all that is shown. */
  async violations(): Promise<string[]> {
    return findViolations(this.#page);
  }

  /** @param search - the query of the page's address */
  async openRequests(search?: string): Promise<RequestList> {
    return RequestList.open(this.#page, this.#url, search);
  }

  /** Types the address of *Request Audit*, where a text is to be seen instead of rows. */
  async openRequestsToSee(text: RegExp): Promise<void> {
    await this.#page.goto(`${this.#url}/admin/audit/kubernetes/requests`);
    await this.see(text);
  }

  /** Types the address of *Kubernetes Access*, where a text is to be seen. */
  async openAccessToSee(text: RegExp): Promise<void> {
    await this.#page.goto(`${this.#url}/kubernetes-access`);
    await this.see(text);
  }

  /** Types the address of *Proxies and tunnels*, where a text is to be seen. */
  async openAgentsToSee(text: RegExp): Promise<void> {
    await this.#page.goto(`${this.#url}/admin/audit/kubernetes/agents`);
    await this.see(text);
  }

  async searchFor(text: string): Promise<void> {
    await this.#page.getByRole('searchbox').fill(text);
  }

  /** Presses a button that opens something. */
  async press(name: string): Promise<void> {
    await this.#page.getByRole('button', { name, exact: true }).click();
    await this.#page.getByRole('dialog').waitFor();
  }

  async see(text: RegExp): Promise<void> {
    await this.#page.getByText(text).first().waitFor();
  }

  /** Chooses a language, as the settings of a user do. */
  async speak(language: string): Promise<void> {
    await this.#page.evaluate(
      chosen => localStorage.setItem('language', chosen),
      language,
    );
  }

  async resize(width: number, height: number): Promise<void> {
    await this.#page.setViewportSize({ width, height });
  }

  /** By how many pixels the page is wider than the window. */
  async overflow(): Promise<number> {
    return this.#page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth,
    );
  }

  /** Answers a route of the portal in its place, or never. */
  async answer(
    route: RegExp,
    answer: 'never' | { status: number; body: object },
  ): Promise<void> {
    await this.#page.route(route, async request => {
      if (answer !== 'never') {
        await request.fulfill({
          status: answer.status,
          json: answer.body,
        });
      }
    });
  }

  /** The portal answers for itself again. */
  async answerNoMore(): Promise<void> {
    await this.#page.unrouteAll({ behavior: 'ignoreErrors' });
  }

  /** @param entity - the address of its page */
  async openKubernetesTab(entity: string): Promise<KubernetesTab> {
    return KubernetesTab.open(this.#page, `${this.#url}${entity}`);
  }

  async openAccess(): Promise<AccessPage> {
    return AccessPage.open(this.#page, this.#url);
  }

  async openAgents(): Promise<AgentsPage> {
    return AgentsPage.open(this.#page, this.#url);
  }

  async openRecording(id: string): Promise<PlayerDialog> {
    return PlayerDialog.open(this.#page, this.#url, id);
  }

  async watchRecording(id: string): Promise<PlayerDialog> {
    return PlayerDialog.watch(this.#page, this.#url, id);
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  async screenshot(name: string): Promise<void> {
    await this.#settle();
    await this.#page.screenshot({
      path: join(
        RESULTS,
        `${this.#title} ${name}.png`.replace(/[^\w.]+/g, '-'),
      ),
    });
  }

  /** Waits until all that fades or slides in is there: half faded, it has no contrast yet. */
  async #settle(): Promise<void> {
    await this.#page.evaluate(() =>
      Promise.allSettled(
        document
          .getAnimations()
          .filter(({ effect }) => effect?.getTiming().iterations !== Infinity)
          .map(({ finished }) => finished),
      ),
    );
  }
}
