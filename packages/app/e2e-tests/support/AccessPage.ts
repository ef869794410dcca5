import { Download, Page } from 'playwright-core';

const PATH = '/kubernetes-access';

/** *Kubernetes Access* and *Roles*, in a browser. */
export class AccessPage {
  static async open(page: Page, url: string): Promise<AccessPage> {
    await page.goto(`${url}${PATH}`);
    const access = new AccessPage(page, url);
    await access.#see('Clusters that you can reach');
    return access;
  }

  readonly #page: Page;
  readonly #url: string;

  private constructor(page: Page, url: string) {
    this.#page = page;
    this.#url = url;
  }

  /** The commands that are offered to be copied. */
  async commands(): Promise<string[]> {
    return this.#page.locator('main li code').allTextContents();
  }

  /** @param login - whether kubectl is to sign in, and an old one */
  async download(login?: { isOldKubectl: boolean }): Promise<Download> {
    if (login) {
      await this.#choose('With a login in the browser');
      await this.#page
        .getByRole('checkbox', { name: 'For kubectl before 1.22' })
        .setChecked(login.isOldKubectl);
    }
    const downloading = this.#page.waitForEvent('download');
    await this.#press('Download kubeconfig');
    const download = await downloading;
    await this.#see(/^Saved as /);
    return download;
  }

  /** Opens the address that a command line printed, and approves if it shows the same code. */
  async approve(address: string, userCode: string): Promise<void> {
    await this.#page.goto(address);
    await this.#page.getByText(userCode, { exact: true }).waitFor();
    await this.#press('Approve');
    await this.#see(/^Approved\./);
  }

  /** Types the code of a command line, and denies. */
  async deny(userCode: string): Promise<void> {
    await this.#page.getByRole('textbox', { name: 'Code' }).fill(userCode);
    await this.#press('Continue');
    await this.#page.getByText(userCode, { exact: true }).waitFor();
    await this.#press('Deny');
    await this.#see(/^Denied\./);
  }

  /** Waits for a credential in the list, and takes it back. */
  async revoke(kind: RegExp): Promise<void> {
    const row = this.#page
      .getByRole('row')
      .filter({ has: this.#page.getByRole('cell', { name: kind }) })
      .first();
    await row.getByRole('button', { name: /^Revoke/ }).click();
    const dialog = this.#page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  /** Asks on *Roles* what a user may do; ends with what is said. */
  async explain(question: {
    user: string;
    resource: string;
    namespace: string;
  }): Promise<string> {
    const { user, resource, namespace } = question;
    const field = (role: 'textbox' | 'combobox', name: string) =>
      this.#page.getByRole(role, { name, exact: true });
    await field('textbox', 'User').fill(user);
    await field('combobox', 'Resource').fill(resource);
    await field('textbox', 'Namespace').fill(namespace);
    await this.#press('Ask');
    // The answer to an earlier question went when the fields were filled.
    const answer = this.#page
      .getByRole('status')
      .filter({ hasText: /Allowed|Denied/ });
    return (await answer.textContent()) ?? '';
  }

  async openRoles(): Promise<void> {
    await this.#page.goto(`${this.#url}/admin/audit/kubernetes/roles`);
    await this.#see('What may this user do?');
    await this.#see('Up to date');
  }

  async #choose(name: string): Promise<void> {
    await this.#page.getByRole('radio', { name }).check();
  }

  async #press(name: string): Promise<void> {
    await this.#page.getByRole('button', { name, exact: true }).click();
  }

  async #see(text: string | RegExp): Promise<void> {
    await this.#page.getByText(text).first().waitFor();
  }
}
