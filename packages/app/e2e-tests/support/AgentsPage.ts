import { Locator, Page } from 'playwright-core';

/** A proxy tells of a tunnel at once, and the page looks every ten seconds. */
const NEWS_TIMEOUT_MS = 30_000;

/** What a join token is made of. */
export interface JoinTokenFields {
  name: string;
  tags: string;
  clusters: string;
}

/** *Proxies and tunnels*, in a browser. */
export class AgentsPage {
  static async open(page: Page, url: string): Promise<AgentsPage> {
    await page.goto(`${url}/admin/audit/kubernetes/agents`);
    const agents = new AgentsPage(page);
    await agents.#heading('Let a tunnel agent join').waitFor();
    await agents.#settled();
    return agents;
  }

  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** Ends with the token, and what the page says of how to use it. */
  async makeToken(fields: JoinTokenFields): Promise<{
    token: string;
    commands: string[];
    textOf: (file: string) => Promise<string>;
  }> {
    const fill = (name: string, value: string) =>
      this.#page.getByRole('textbox', { name, exact: true }).fill(value);
    await fill('Name', fields.name);
    await fill('Tags', fields.tags);
    await fill('Clusters', fields.clusters);
    await this.#page.getByRole('button', { name: 'Make a join token' }).click();
    await this.#page
      .getByText(`lets one agent join as ${fields.name} until`)
      .waitFor();
    const textOf = async (name: string) =>
      (await this.#page
        .getByRole('region', { name, exact: true })
        .textContent()) ?? '';
    return {
      token: await textOf('Join token'),
      commands: await this.#page.locator('main li code').allTextContents(),
      textOf,
    };
  }

  /** Waits until the page shows the token itself. */
  async waitForShownToken(token: string): Promise<void> {
    await this.#page
      .getByRole('region', { name: 'Join token', exact: true })
      .getByText(token)
      .waitFor();
  }

  async showKubernetes(): Promise<void> {
    await this.#page.getByRole('radio', { name: 'In Kubernetes' }).check();
    await this.#page.getByRole('region', { name: 'values.yaml' }).waitFor();
  }

  /** Scrolls to a part of the page. */
  async show(heading: string): Promise<void> {
    await this.#heading(heading).evaluate(element => element.scrollIntoView());
  }

  async waitForToken(name: string): Promise<void> {
    await this.#pending(name).waitFor();
  }

  /** Waits until an agent has used the token. */
  async waitForNoToken(name: string): Promise<void> {
    await this.#pending(name).waitFor({
      state: 'detached',
      timeout: NEWS_TIMEOUT_MS,
    });
  }

  async waitForAgent(name: string, state: string): Promise<void> {
    await this.#agent(name)
      .getByText(state)
      .waitFor({ timeout: NEWS_TIMEOUT_MS });
  }

  async waitForNoAgent(name: string): Promise<void> {
    await this.#agent(name).waitFor({
      state: 'detached',
      timeout: NEWS_TIMEOUT_MS,
    });
  }

  async askToRevokeAgent(name: string): Promise<void> {
    await this.#page
      .getByRole('button', { name: `Revoke the tunnel agent ${name}` })
      .click();
    await this.#page
      .getByRole('dialog', { name: `Revoke the tunnel agent ${name}?` })
      .waitFor();
  }

  async askToRevokeToken(name: string): Promise<void> {
    await this.#page
      .getByRole('button', { name: `Revoke the join token for ${name}` })
      .click();
    await this.#page.getByRole('dialog').waitFor();
  }

  /** Answers the question with yes. */
  async confirm(): Promise<void> {
    const dialog = this.#page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  #agent(name: string): Locator {
    return this.#rowOf('Tunnel agents', name);
  }

  #pending(name: string): Locator {
    return this.#rowOf('Join tokens that wait for an agent', name);
  }

  #rowOf(table: string, name: string): Locator {
    return this.#page
      .getByRole('table', { name: table })
      .getByRole('row')
      .filter({ has: this.#page.getByRole('cell', { name, exact: true }) });
  }

  #heading(name: string): Locator {
    return this.#page.getByRole('heading', { name, exact: true });
  }

  /** The list of tokens comes after the page. */
  async #settled(): Promise<void> {
    await this.#page
      .locator('[aria-busy=true]')
      .first()
      .waitFor({ state: 'detached' });
  }
}
