import { Page } from 'playwright-core';

/** The tab of Backstage's own Kubernetes plugin on an entity's page. */
export class KubernetesTab {
  /** @param entity - the address of its page */
  static async open(page: Page, entity: string): Promise<KubernetesTab> {
    await page.goto(`${entity}/kubernetes`);
    return new KubernetesTab(page);
  }

  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** Unfolds a cluster. */
  async unfoldCluster(name: string): Promise<void> {
    await this.#unfold(name, 'Cluster');
  }

  /** Unfolds a Deployment of a cluster that is unfolded. */
  async unfoldDeployment(name: string): Promise<void> {
    await this.#unfold(name, 'Deployment');
  }

  async #unfold(name: string, kind: string): Promise<void> {
    await this.#page
      .getByRole('button', { name: new RegExp(`^${name} ${kind}\\b`) })
      .getByText(/^\d+ pods?$/)
      .click();
  }

  /** Opens a pod of a list that is unfolded; ends with the log of its only container. */
  async readLog(pod: string): Promise<string> {
    await this.#page.getByRole('cell').getByText(pod, { exact: true }).click();
    await this.#page
      .getByText('get logs')
      .or(this.#page.getByLabel('get logs'))
      .first()
      .click();
    const log = this.#page
      .getByRole('dialog')
      .filter({ hasText: 'logs on cluster' });
    await log
      .getByText(/tick \d+/)
      .first()
      .waitFor();
    return log.innerText();
  }
}
