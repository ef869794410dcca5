import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Browsing } from '../support/Browsing';
import { ProductUnderTest } from './ProductUnderTest';

const EVENTS = /\/v1\/events(\?|\/histogram|\/delivery)/;
const LIST = /\/v1\/events\?/;
const HISTOGRAM = /\/v1\/events\/histogram/;

const DELIVERY = /\/v1\/events\/delivery/;

const failure = (status: number, name: string, message: string) => ({
  status,
  body: { error: { name, message }, response: { statusCode: status } },
});
const DENIED = failure(403, 'NotAllowedError', 'not for you');
const FAILED = failure(503, 'ServiceUnavailableError', 'no database');

const gap = (firstSequence: number, lastSequence: number) => ({
  agentId: 'demo-proxy',
  epoch: '019aa000-0000-7000-b000-000000000001',
  firstSequence,
  lastSequence,
  missing: lastSequence - firstSequence + 1,
  since: new Date().toISOString(),
});
const INCOMPLETE = {
  gaps: [gap(3, 5), gap(1001, 2200)],
  clockSkews: [
    { agentId: 'demo-proxy', aheadMs: 42_000 },
    { agentId: 'proxy-of-a-far-away-region', aheadMs: -7_300_000 },
  ],
  deadLetters: { count: 1000, isLowerBound: true },
};

/** *Request Audit* in each of its states, to be looked at, and looked at by axe. */
export function testRequestStates(product: ProductUnderTest): void {
  describe('the states of Request Audit', () => {
    let browsing: Browsing | undefined;

    before(async () => {
      browsing = await Browsing.start(
        product.demo.env().PORTAL_URL,
        product.title,
        { reducedMotion: 'reduce' },
      );
      await browsing?.signInAsGuest();
    });

    after(() => browsing?.close());

    const test = (name: string, show: (browser: Browsing) => Promise<void>) =>
      it(name, async t => {
        if (!browsing) return t.skip('no Chromium');
        await show(browsing);
        await browsing.screenshot(`Request Audit, state ${name}`);
        assert.deepEqual(await browsing.violations(), []);
        return browsing.answerNoMore();
      });

    test('loading', async browser => {
      await browser.answer(EVENTS, 'never');
      await browser.openRequestsToSee(/^Executed At$/);
    });

    test('nothing recorded', async browser => {
      await browser.answer(LIST, { status: 200, body: { items: [] } });
      await browser.openRequestsToSee(/^No requests recorded yet$/);
    });

    test('no match', async browser => {
      await browser.openRequests();
      await browser.searchFor('nobody has this name');
      await browser.see(/^Nothing matches$/);
    });

    test('denied', async browser => {
      await browser.answer(EVENTS, DENIED);
      await browser.openRequestsToSee(/^You may not see this$/);
    });

    test('failed', async browser => {
      await browser.answer(EVENTS, FAILED);
      await browser.openRequestsToSee(/^This could not be loaded$/);
    });

    test('stale', async browser => {
      const list = await browser.openRequests();
      await browser.answer(EVENTS, FAILED);
      await list.refresh();
      await browser.see(/^As of .*no database/);
    });

    test('without a histogram', async browser => {
      await browser.answer(HISTOGRAM, FAILED);
      await browser.openRequests();
      await browser.see(/^The chart could not be loaded: no database/);
    });

    test('the histogram pointed at', async browser => {
      const list = await browser.openRequests();
      await list.pointAtNewest();
    });

    test('the export menu', async browser => {
      const list = await browser.openRequests();
      await list.openExportMenu();
    });

    test('the filter', async browser => {
      await browser.openRequests('?verb=create&resource=others&match=any');
      await browser.press('Filter (2 active)');
    });

    test('the columns', async browser => {
      await browser.openRequests();
      await browser.press('Columns');
    });

    test('what is missing', async browser => {
      await browser.answer(DELIVERY, { status: 200, body: INCOMPLETE });
      await browser.openRequests();
      await browser.press('1,203 calls have not arrived');
    });

    test('a narrow window', async browser => {
      await browser.resize(480, 800);
      await browser.openRequests();
    });

    test('a narrow window with all that is missing', async browser => {
      await browser.answer(DELIVERY, { status: 200, body: INCOMPLETE });
      await browser.openRequests();
      await browser.see(/ahead$/);
    });

    test('a narrow window in German', async browser => {
      await browser.speak('de');
      await browser.openRequests();
      await browser.see(/^Anfragen-Audit$/);
    });

    test('German in the dark', async browser => {
      await browser.resize(1440, 900);
      await browser.prefer('dark');
      await browser.openRequests();
    });
  });
}
