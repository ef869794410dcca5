import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, TestContext } from 'node:test';
import { AgentsPage } from '../support/AgentsPage';
import { Browsing } from '../support/Browsing';
import { eventually } from '../support/eventually';
import { TunnelAgent } from '../support/TunnelAgent';
import { ProductUnderTest } from './ProductUnderTest';

/**
 * Generous, for a busy machine. A proxy knows of a revocation after 2.5 s and
 * the way: its long poll looks into the database every second, what the portal
 * has read is good for half a second, and between two polls the proxy pauses
 * for a second. It cuts in the same moment. Ten seconds are what is promised.
 */
const CUT_TIMEOUT_MS = 30_000;
const AGENT = { name: 'edge-fra-1', tags: 'site=fra1', clusters: 'edge-fra' };
const LONG = {
  name: `edge-${'very-'.repeat(20)}far-away`,
  tags: Array.from({ length: 8 }, (_, i) => `example.com/tag-${i}=${i}`).join(),
  clusters: Array.from({ length: 12 }, (_, i) => `cluster-${i}-*`).join(' '),
};
/** Nothing answers there: it is the tunnel that is looked at. */
const KUBECONFIG = `apiVersion: v1
kind: Config
clusters: [{ name: edge, cluster: { server: 'https://127.0.0.1:1' } }]
users: [{ name: agent, user: { token: secret } }]
contexts: [{ name: edge, context: { cluster: edge, user: agent } }]
current-context: edge
`;

/** What an administrator does on *Proxies and tunnels*, with a real tunnel agent. */
export function testTunnels(product: ProductUnderTest): void {
  describe('Proxies and tunnels', () => {
    let browsing: Browsing | undefined;
    let directory: string;
    let agent: TunnelAgent;

    before(async () => {
      directory = mkdtempSync(join(tmpdir(), 'kubernetes-audit-e2e-'));
      agent = await TunnelAgent.create(directory);
      browsing = await Browsing.start(
        product.demo.env().PORTAL_URL,
        product.title,
        { reducedMotion: 'reduce' },
      );
      await browsing?.signInAsGuest();
    });

    after(async () => {
      await agent.stop();
      await browsing?.close();
      rmSync(directory, { recursive: true });
    });

    const test = (
      title: string,
      theme: 'light' | 'dark',
      run: (
        page: AgentsPage,
        browser: Browsing,
        context: TestContext,
      ) => Promise<void>,
    ) =>
      it(title, async t => {
        if (!browsing) return t.skip('no Chromium');
        await browsing.prefer(theme);
        return run(await browsing.openAgents(), browsing, t);
      });
    /** Wide and narrow. */
    const look = async (browser: Browsing, name: string) => {
      for (const width of [420, 1440]) {
        await browser.resize(width, 900);
        await browser.screenshot(`${name}, ${width}`);
        assert.equal(await browser.overflow(), 0);
        assert.deepEqual(await browser.violations(), [], `${name}, ${width}`);
      }
    };

    for (const theme of ['light', 'dark'] as const) {
      test(
        `says so where no agent has joined, ${theme}`,
        theme,
        async (_, browser) => {
          await browser.see(/No tunnel agent has joined/);
          await browser.see(/No join token waits for an agent/);
          await look(browser, `Tunnels, empty, ${theme}`);
        },
      );
    }

    test(
      'makes a token with which a tunnel agent joins',
      'light',
      async (page, browser) => {
        const { token, commands, textOf } = await page.makeToken(AGENT);
        await page.waitForToken(AGENT.name);
        await page.show('Let a tunnel agent join');
        await look(browser, 'Tunnels, token');
        // Another theme begins the page anew.
        await browser.prefer('dark');
        await page.waitForShownToken(token);
        await browser.prefer('light');
        await page.waitForShownToken(token);
        const [keep, check, start] = commands;
        agent.shell(keep, token);
        assert.equal(
          statSync(join(directory, 'join-token')).mode & 0o777,
          0o600,
        );
        agent.write('proxy-ca.pem', await textOf('proxy-ca.pem'));
        agent.write(
          'tunnel.yaml',
          (await textOf('tunnel.yaml')) + agent.adminConfig,
        );
        agent.write('edge-fra.kubeconfig', KUBECONFIG);
        assert.match(agent.shell(check), /is valid: a tunnel agent/);
        agent.start(start);

        await page.waitForAgent(AGENT.name, 'Connected by 1 tunnel');
        await page.waitForNoToken(AGENT.name);
        await page.show('Proxies');
        await look(browser, 'Tunnels, connected');
      },
    );

    test(
      'revokes the agent, which is cut and not taken back',
      'dark',
      async (page, browser, t) => {
        await look(browser, 'Tunnels, connected, dark');
        await page.askToRevokeAgent(AGENT.name);
        await browser.screenshot('Tunnels, revoke');
        assert.deepEqual(await browser.violations(), []);
        assert.equal(await agent.tunnels(), 1);
        const revokedAt = performance.now();
        const cut = eventually(async () => {
          assert.equal(await agent.tunnels(), 0);
          return performance.now() - revokedAt;
        }, CUT_TIMEOUT_MS);
        await page.confirm();
        t.diagnostic(`cut after ${((await cut) / 1000).toFixed(1)} s`);
        await page.waitForNoAgent(AGENT.name);
        // It comes again by itself, and is turned away.
        await eventually(
          async () =>
            assert.match(await agent.complaint(), /the proxy refuses/),
          CUT_TIMEOUT_MS,
        );
        assert.equal(await agent.tunnels(), 0);
      },
    );

    test(
      'takes a token back, and has room for long values',
      'dark',
      async (page, browser) => {
        await page.makeToken(LONG);
        await page.showKubernetes();
        await page.waitForToken(LONG.name);
        await page.show('Let a tunnel agent join');
        await look(browser, 'Tunnels, long values');
        await page.askToRevokeToken(LONG.name);
        await browser.screenshot('Tunnels, revoke token');
        await page.confirm();
        await page.waitForNoToken(LONG.name);
      },
    );

    test(
      'offers nothing to who may only look, and speaks German',
      'light',
      async (_, browser) => {
        await browser.answer(/\/v1\/agents$/, {
          status: 200,
          body: { items: [], tunnels: [], mayManage: false },
        });
        await browser.openAgentsToSee(/kubernetes-audit\.agent\.manage/);
        await browser.screenshot('Tunnels, read only');
        await browser.answerNoMore();
        await browser.speak('de');
        await browser.openAgentsToSee(/Einen Tunnel-Agenten beitreten lassen/);
        await browser.screenshot('Tunnels, German');
        await browser.speak('en');
      },
    );
  });
}
