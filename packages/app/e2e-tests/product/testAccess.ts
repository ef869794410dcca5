import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { AccessPage } from '../support/AccessPage';
import { Browsing } from '../support/Browsing';
import { eventually } from '../support/eventually';
import { findKubectl } from '../support/findKubectl';
import { Kubectl, KubectlResult } from '../support/Kubectl';
import { REPOSITORY } from '../support/repository';
import { ProductUnderTest } from './ProductUnderTest';

/** The one of many distributions: it knows exec plugins by `v1beta1` alone. */
const OLD_KUBECTL = '/usr/bin/kubectl';
const INVITATION = /^ {2}(http\S+)$[^]*^ {2}([A-Z]{4}-[A-Z]{4})$/m;
/** A proxy knows of a revocation within seconds. */
const REVOCATION_TIMEOUT_MS = 30_000;

const GET_PODS = ['--namespace=dev', 'get', 'pods'];

/** What a developer does on *Kubernetes Access*, and what an administrator sees on *Roles*. */
export function testAccess(product: ProductUnderTest): void {
  describe('Kubernetes Access', () => {
    let browsing: Browsing | undefined;
    let directory: string;

    before(async () => {
      directory = mkdtempSync(join(tmpdir(), 'kubernetes-audit-e2e-'));
      browsing = await Browsing.start(
        product.demo.env().PORTAL_URL,
        product.title,
        { reducedMotion: 'reduce' },
      );
      await browsing?.signInAsGuest();
    });

    after(async () => {
      await browsing?.close();
      rmSync(directory, { recursive: true });
    });

    const test = (
      title: string,
      run: (access: AccessPage, browser: Browsing) => Promise<void>,
    ) =>
      it(title, async t => {
        if (!browsing) return t.skip('no Chromium');
        return run(await browsing.openAccess(), browsing);
      });

    /** `kubernetes-audit-agent` is on the PATH, there is no screen, and the cache is the test's. */
    const env = () => ({
      PATH: [join(REPOSITORY, 'proxy-agent/bin'), process.env.PATH].join(
        delimiter,
      ),
      XDG_CACHE_HOME: join(directory, 'cache'),
      DISPLAY: '',
      WAYLAND_DISPLAY: '',
    });

    /** Saves the kubeconfig; ends with a kubectl that uses it. */
    const kubectlOf = async (
      access: AccessPage,
      login?: { isOldKubectl: boolean },
    ): Promise<Kubectl> => {
      const download = await access.download(login);
      const file = join(directory, download.suggestedFilename());
      await download.saveAs(file);
      const isOld = login?.isOldKubectl && existsSync(OLD_KUBECTL);
      return Kubectl.create(file, isOld ? OLD_KUBECTL : findKubectl());
    };

    /** Runs kubectl until it shows its code, and hands address and code on. */
    const whileItAsks = async (
      kubectl: Kubectl,
      answer: (address: string, userCode: string) => Promise<void>,
    ): Promise<KubectlResult> => {
      let told = '';
      const running = kubectl.run(GET_PODS, {
        env: env(),
        onStderr: text => {
          told += text;
        },
      });
      await eventually(async () => assert.match(told, INVITATION), 30_000);
      const [, address, userCode] = INVITATION.exec(told) ?? [];
      await answer(address, userCode);
      return running;
    };

    const isRefused = (kubectl: Kubectl) =>
      eventually(async () => {
        const { code, stderr } = await kubectl.run(GET_PODS, { env: env() });
        assert.notEqual(code, 0);
        assert.match(
          stderr,
          /Unauthorized|must be logged in|has ended this login/,
        );
      }, REVOCATION_TIMEOUT_MS);

    test('gives a kubeconfig that kubectl works with, until it is revoked', async (access, browser) => {
      const kubectl = await kubectlOf(access);
      const commands = await access.commands();
      assert.equal(
        commands.at(-1),
        `kubectl --context ${product.cluster.name} get pods`,
      );
      await browser.screenshot('Kubernetes Access');
      const { code, stderr } = await kubectl.run(
        ['--context', product.cluster.name, ...GET_PODS],
        { env: env() },
      );
      assert.equal(code, 0, stderr);
      await access.revoke(/^Kubeconfig$/);
      await isRefused(kubectl);
    });

    for (const isOldKubectl of [true, false]) {
      const which = isOldKubectl ? 'an old' : 'a new';
      test(`signs ${which} kubectl in that shows a code, until it is revoked`, async (access, browser) => {
        const kubectl = await kubectlOf(access, { isOldKubectl });
        const first = await whileItAsks(kubectl, async (address, code) => {
          await access.approve(address, code);
          await browser.screenshot('Kubernetes Access, approved');
        });
        assert.equal(first.code, 0, first.stderr);
        const second = await kubectl.run(GET_PODS, { env: env() });
        assert.equal(second.code, 0, second.stderr);
        assert.doesNotMatch(second.stderr, INVITATION);
        // Refused once, it is asked for approval anew by the next test.
        await access.revoke(/^Login on /);
        await isRefused(kubectl);
      });
    }

    test('turns a command line away that its user denies', async access => {
      const kubectl = await kubectlOf(access, { isOldKubectl: false });
      const { code, stderr } = await whileItAsks(kubectl, (_, userCode) =>
        access.deny(userCode),
      );
      assert.notEqual(code, 0);
      assert.match(stderr, /the login was denied in the portal/);
    });

    test('fits into a narrow window, in both themes', async (access, browser) => {
      for (const theme of ['light', 'dark'] as const) {
        await browser.prefer(theme);
        await browser.resize(420, 860);
        await browser.screenshot(`Kubernetes Access, narrow, ${theme}`);
        assert.deepEqual(await browser.violations(), [], theme);
        assert.equal(await browser.overflow(), 0);
        await browser.resize(1440, 900);
        await access.openRoles();
        await browser.screenshot(`Roles, ${theme}`);
        assert.deepEqual(await browser.violations(), [], theme);
        await browser.openAccess();
      }
    });

    test('says so when there is nothing to reach, and speaks German', async (_, browser) => {
      await browser.prefer('light');
      await browser.answer(/\/v1\/access$/, {
        status: 200,
        body: { clusters: [], roles: [], userEntityRef: 'user:default/guest' },
      });
      await browser.answer(/\/v1\/access\/credentials/, {
        status: 200,
        body: { items: [] },
      });
      await browser.openAccessToSee(/You can reach no cluster yet/);
      await browser.see(/No credentials/);
      await browser.screenshot('Kubernetes Access, empty');
      assert.deepEqual(await browser.violations(), []);
      await browser.answerNoMore();
      await browser.speak('de');
      await browser.openAccessToSee(/Cluster, die Sie erreichen/);
      await browser.screenshot('Kubernetes Access, German');
      await browser.speak('en');
    });

    test('tells an administrator which rule decides', async (access, browser) => {
      await browser.prefer('light');
      await access.openRoles();
      const allowed = await access.explain({
        user: 'guest',
        resource: 'pods',
        namespace: 'dev',
      });
      assert.match(allowed, /Allowed.*Rule 1 of the role demo-developer/);
      const denied = await access.explain({
        user: 'guest',
        resource: 'secrets',
        namespace: 'prod',
      });
      assert.match(denied, /Denied.*Rule 3 of the role demo-developer/);
      await browser.screenshot('Roles, denied');
    });
  });
}
