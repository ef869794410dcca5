import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Browsing } from '../support/Browsing';
import { eventually } from '../support/eventually';
import { parseCsv } from '../support/parseCsv';
import { Portal } from '../support/Portal';
import { TERMINAL_MARKER } from './markers';
import { ProductUnderTest } from './ProductUnderTest';

const CREATE_OR_OTHERS = '?verb=create&resource=others&match=any';

/** What an administrator does on *Request Audit*, after {@link testKubectl}. */
export function testRequestPage(product: ProductUnderTest): void {
  describe('Request Audit', () => {
    let browsing: Browsing | undefined;
    let directory: string;

    before(async () => {
      directory = mkdtempSync(join(tmpdir(), 'kubernetes-audit-e2e-'));
      browsing = await Browsing.start(
        product.demo.env().PORTAL_URL,
        product.title,
      );
      await browsing?.signInAsGuest();
    });

    after(async () => {
      await browsing?.close();
      rmSync(directory, { recursive: true });
    });

    const test = (title: string, run: (browser: Browsing) => Promise<void>) =>
      it(title, async t => {
        if (!browsing) return t.skip('no Chromium');
        return run(browsing);
      });

    test('filters by verb OR other resources, plays a session, and is as it was', async browser => {
      const list = await browser.openRequests();
      await list.filterByAnyOf(['create', 'others']);
      const view = list.search;
      assert.equal(view, CREATE_OR_OTHERS);
      const calls = await list.calls();
      const others = new Set(
        (await product.portal.events({ resource: 'others' })).map(
          ({ resource }) => resource || '–',
        ),
      );
      assert.ok(!others.has('pods'));
      assert.ok(calls.some(({ verb }) => verb === 'create'));
      for (const { verb, resource } of calls) {
        assert.ok(
          verb === 'create' || others.has(resource),
          `${verb} ${resource}`,
        );
      }

      const recordingId = await product.portal.recordingOf(TERMINAL_MARKER);
      const sessions = await product.portal.events({ resource: 'pods/exec' });
      const start = sessions.find(event => event.recordingId === recordingId);
      assert.ok(start);
      await list.playSessionOf(start.id);
      await list.player
        .getByRole('group', { name: 'Replay of the terminal' })
        .getByText(`got-${TERMINAL_MARKER}`)
        .first()
        .waitFor({ timeout: 30_000 });
      assert.match(list.search, new RegExp(`recording=${recordingId}`));
      await browser.screenshot('Request Audit, session in place');
      await list.closeSession();
      assert.equal(list.search, view);
      assert.deepEqual(await list.calls(), calls);
    });

    test('keeps the first two columns while the others are scrolled', async browser => {
      const list = await browser.openRequests();
      const [number, time, result] = await list.columnPlaces(3);
      await list.scrollToEnd();
      const places = await list.columnPlaces(3);
      assert.deepEqual(places.slice(0, 2), [number, time]);
      assert.ok(places[2] < result);
    });

    test('zooms into what is brushed, and back leads back', async browser => {
      const list = await browser.openRequests(CREATE_OR_OTHERS);
      const total = await list.total();
      const bars = await list.bars();
      await browser.screenshot('Request Audit, histogram');
      const now = new Date();
      const midnight = new Date(now).setHours(0, 0, 0, 0);
      const share = (now.getTime() - midnight) / (24 * 3600_000);
      await list.brush(Math.max(0, share - 0.1), Math.min(1, share + 0.1));
      const zoomed = new URLSearchParams(list.search);
      assert.ok(Date.parse(zoomed.get('from') ?? '') <= now.getTime());
      assert.ok(Date.parse(zoomed.get('to') ?? '') > now.getTime());
      assert.deepEqual(
        [zoomed.get('verb'), zoomed.get('resource'), zoomed.get('match')],
        ['create', 'others', 'any'],
      );
      assert.ok((await list.total()) <= total);
      await browser.screenshot('Request Audit, histogram zoomed');
      await list.goBack();
      assert.equal(list.search, CREATE_OR_OTHERS);
      await eventually(async () => {
        assert.deepEqual(await list.bars(), bars);
      });
      await list.zoomByKeys();
      assert.match(list.search, /bounded=true/);
    });

    test('exports all calls that match, each of them once', async browser => {
      const list = await browser.openRequests(CREATE_OR_OTHERS);
      const total = await list.total();
      await list.openExportMenu();
      const download = await list.export('CSV');
      assert.match(
        download.suggestedFilename(),
        /^request-audit_\d{8}T\d{6}Z\.csv$/,
      );
      const file = join(directory, download.suggestedFilename());
      await download.saveAs(file);
      const [head, ...records] = parseCsv(readFileSync(file, 'utf8'));
      assert.deepEqual(head.slice(0, 3), ['No', 'Executed At', 'Result']);
      assert.equal(records.length, total);
      const numbers = new Set(records.map(([number]) => number));
      assert.equal(numbers.size, total);
      assert.ok(records.every(cells => cells.length === head.length));
      await browser.see(/^Saved as request-audit_/);
    });

    test('shows what has not arrived until it does, and what was kept aside', async browser => {
      const { BACKEND_URL, AGENT_ID, AGENT_TOKEN } = product.demo.env();
      const agent = { id: AGENT_ID, token: AGENT_TOKEN, epoch: randomUUID() };
      const at = new Date().toISOString();
      const record = (sequence: number) =>
        JSON.stringify({
          sequence,
          schemaVersion: 1,
          id: randomUUID(),
          executedAt: at,
          result: 'success',
          message: 'OK',
          userName: 'guest',
          clientIp: '127.0.0.1',
          clusterName: product.cluster.name,
          verb: 'get',
          resource: 'nodes',
          requestUri: '/api/v1/nodes',
        });
      const send = (...lines: string[]) =>
        Portal.ingest(BACKEND_URL, agent, lines);
      // What is no record counts as the second one.
      await send(record(1), 'no record at all', record(5));

      const list = await browser.openRequests();
      const gap = list.gap(`2 calls of agent ${AGENT_ID} have not arrived`);
      await eventually(async () => {
        await list.refresh();
        await gap.waitFor({ timeout: 2000 });
      }, 30_000);
      await browser.screenshot('Request Audit, gap');
      assert.deepEqual(await browser.violations(), []);
      const letters = await list.openDeadLetters();
      await letters.getByText('the line is not JSON').first().waitFor();
      await browser.screenshot('Request Audit, dead letters');
      await letters.getByRole('button', { name: 'Close' }).click();

      await send(record(3), record(4));
      await eventually(async () => {
        await list.refresh();
        await gap.waitFor({ state: 'detached', timeout: 2000 });
      }, 30_000);
    });
  });
}
