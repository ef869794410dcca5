import { existsSync, readFileSync } from 'node:fs';
import { Browser, CDPSession, chromium, Page } from 'playwright-core';
import type { MeasuredRecording, Shown } from './page/MeasuredPlayer';

const CHROMIUM = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
/** For a machine without a display, and without a network. */
export const CHROMIUM_FLAGS = [
  // Refused to root otherwise.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** How long a text may take to appear, in milliseconds. */
const SHOWN_MS = 60_000;

/** The browser on this machine, if there is one. */
export function findChromium(): string | undefined {
  return CHROMIUM.find(path => path && existsSync(path));
}

/** A player did not show what it should have shown. */
export class PlayerFailure extends Error {
  readonly name = 'PlayerFailure';
}

/** One player in a browser of its own, which has nothing cached. */
export class BrowserRun {
  readonly #browser: Browser;
  readonly #page: Page;
  readonly #devtools: CDPSession;

  /** @param options - `url` of the player's page; `token` of its user */
  static async start(options: {
    executablePath: string;
    url: string;
    token: string;
  }): Promise<BrowserRun> {
    const browser = await chromium.launch({
      executablePath: options.executablePath,
      args: [
        ...CHROMIUM_FLAGS,
        // One renderer, the page's.
        '--disable-features=SpareRendererForSitePerProcess',
      ],
    });
    try {
      const context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        // A modal that fades in is not what is measured.
        reducedMotion: 'reduce',
      });
      await context.addInitScript(token => {
        window.playerToken = token;
      }, options.token);
      const page = await context.newPage();
      const run = new BrowserRun(
        browser,
        page,
        await context.newCDPSession(page),
      );
      await page.goto(options.url);
      await run.#inTime(
        page
          .waitForFunction(() => window.playerPage)
          .then(() => page.evaluate(() => window.playerPage.untilReady())),
      );
      return run;
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  private constructor(browser: Browser, page: Page, devtools: CDPSession) {
    this.#browser = browser;
    this.#page = page;
    this.#devtools = devtools;
  }

  /** @throws {@link PlayerFailure} */
  async open(recording: MeasuredRecording, text: string): Promise<Shown> {
    return this.#inTime(
      this.#page.evaluate(
        async ([what, mark]) => await window.playerPage.open(what, mark),
        [recording, text] as const,
      ),
    );
  }

  /**
   * @param time - microseconds
   * @throws {@link PlayerFailure}
   */
  async seek(time: number, text: string): Promise<Shown> {
    return this.#inTime(
      this.#page.evaluate(
        async ([to, mark]) => await window.playerPage.seek(to, mark),
        [time, text] as const,
      ),
    );
  }

  /** Memory of the renderer after a garbage collection: the proportional set size, in bytes. */
  async rendererBytes(): Promise<number> {
    await this.#devtools.send('HeapProfiler.collectGarbage');
    const session = await this.#browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    await session.detach();
    return processInfo
      .filter(({ type }) => type === 'renderer')
      .reduce((sum, { id }) => sum + proportionalBytes(id), 0);
  }

  async screenshot(path: string): Promise<void> {
    await this.#page.screenshot({ path });
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  async #inTime<T>(measured: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new PlayerFailure(`nothing within ${SHOWN_MS} ms`)),
        SHOWN_MS,
      );
    });
    // The page itself may be gone.
    const failed = measured.catch(error => {
      throw new PlayerFailure(error.message);
    });
    try {
      return await Promise.race([failed, tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function proportionalBytes(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024;
}
