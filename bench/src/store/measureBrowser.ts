import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, Page } from 'playwright-core';
import { CHROMIUM_FLAGS, findChromium } from '../player/BrowserRun';
import { RunningPortal } from '../player/portal/RunningPortal';
import { quantile } from '../report';

const ROUNDS = 7;
const WARM_UP_ROUNDS = 2;
const VIEWPORT = { width: 1440, height: 900 };

/** Milliseconds from a click, or a change of the address, until the rows are there. */
export type BrowserTimes = { name: string; p50: number; worst: number }[];

/**
 * *Request Audit* in Chromium, of the whole portal before the loaded database;
 * undefined where there is no Chromium.
 *
 * @param connectionString - of the database with the events
 */
export async function measureBrowser(
  connectionString: string,
): Promise<BrowserTimes | undefined> {
  const executablePath = findChromium();
  if (!executablePath) {
    return undefined;
  }
  const [{ buildApp }, { Progress }] = await Promise.all([
    import('../../../scripts/demo/appBuild.mjs'),
    import('../../../scripts/bootstrap/Progress.mjs'),
  ]);
  await buildApp(Progress.create());
  const directory = mkdtempSync(join(tmpdir(), 'kubernetes-audit-bench-'));
  const { database, ...connection } = connectionOf(connectionString);
  const portal = await RunningPortal.start({
    directory,
    database: {
      client: 'pg',
      connection,
      plugin: { 'kubernetes-audit': { connection: { database } } },
    },
  });
  const browser = await chromium.launch({
    executablePath,
    args: CHROMIUM_FLAGS,
  });
  try {
    const page = await browser.newPage({ viewport: VIEWPORT });
    await page.goto(portal.url);
    await page.getByRole('button', { name: 'Enter' }).click();
    await page.getByRole('link', { name: 'Request Audit' }).waitFor();
    return await measure(page);
  } finally {
    await browser.close();
    await portal.stop();
    rmSync(directory, { recursive: true });
  }
}

async function measure(page: Page): Promise<BrowserTimes> {
  const link = (name: string) => page.getByRole('link', { name, exact: true });
  const times = new Map<string, number[]>();
  const time = async (
    name: string,
    act: () => Promise<void>,
    shown: ShownRows,
  ) => {
    const startedAt = performance.now();
    await act();
    await seeRows(page, shown);
    const all = times.get(name) ?? [];
    all.push(performance.now() - startedAt);
    times.set(name, all);
  };
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    if (round === WARM_UP_ROUNDS) {
      times.clear();
    }
    await link('Pod Session Recordings').click();
    await page
      .getByRole('heading', { name: 'Pod Session Recordings' })
      .waitFor();
    await time('the page opens', () => link('Request Audit').click(), {});
    for (const [range, all] of [
      ['today', ''],
      ['of all', 'range=anyTime'],
    ]) {
      if (all) {
        await time(`rows ${range}`, () => goWithin(page, all), {});
      }
      const apply = await chooseVerb(page, 'delete');
      await time(`a filter ${range}`, apply, { Verb: 'delete' });
      const search = `search=cluster-12&${all}`;
      await time(`a search ${range}`, () => goWithin(page, search), {
        'Cluster Name': 'cluster-12',
      });
    }
  }
  return [...times].map(([name, all]) => {
    const sorted = all.sort((a, b) => a - b);
    return {
      name,
      p50: quantile(sorted, 0.5),
      worst: sorted[sorted.length - 1],
    };
  });
}

/** What each row begins with in some of the columns. */
type ShownRows = { [column: string]: string };

/** Waits until there are rows, each of them such as asked. */
async function seeRows(page: Page, shown: ShownRows): Promise<void> {
  await page.waitForFunction(expected => {
    const table = document.querySelector('table[aria-busy=false]');
    const cells = (row: Element) =>
      Array.from(row.children, cell => cell.textContent?.trim() ?? '');
    const head = table?.querySelector('thead tr');
    const rows = Array.from(table?.querySelectorAll('tbody tr') ?? []);
    const columns = head ? cells(head) : [];
    return (
      rows.length > 0 &&
      Object.entries(expected).every(([column, text]) =>
        rows.every(row =>
          cells(row)[columns.indexOf(column)]?.startsWith(text),
        ),
      )
    );
  }, shown);
}

/** Chooses a verb in the filter; what it returns applies it. */
async function chooseVerb(
  page: Page,
  verb: string,
): Promise<() => Promise<void>> {
  await page.getByRole('button', { name: /^Filter/ }).click();
  const filter = page.getByRole('dialog');
  await filter.getByRole('checkbox', { name: verb, exact: true }).check();
  return () => filter.getByRole('button', { name: 'Apply' }).click();
}

/** Changes the address as a link of the app does. */
async function goWithin(page: Page, search: string): Promise<void> {
  await page.evaluate(query => {
    window.history.pushState({}, '', `?${query}`);
    window.dispatchEvent(new PopStateEvent('popstate'));
  }, search);
  await page.waitForURL(url => url.search === `?${search}`);
}

function connectionOf(connectionString: string) {
  const url = new URL(connectionString);
  return {
    host: url.hostname,
    port: Number(url.port),
    user: url.username,
    password: url.password,
    database: url.pathname.slice(1),
  };
}
