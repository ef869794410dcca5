import { Download, Locator, Page } from 'playwright-core';
import { ExportForm } from './ExportForm';

const PATH = '/admin/audit/kubernetes/requests';

/** *Request Audit*, in a browser. */
export class RequestList {
  /** @param search - the query of its address */
  static async open(
    page: Page,
    url: string,
    search = '',
  ): Promise<RequestList> {
    const list = new RequestList(page);
    await page.goto(`${url}${PATH}${search}`);
    await list.seeRows();
    return list;
  }

  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** The query of the address, as it is now. */
  get search(): string {
    return new URL(this.#page.url()).search;
  }

  /** Waits until rows are shown that are not about to be replaced. */
  async seeRows(): Promise<void> {
    await this.#page.locator('table[aria-busy=false]').waitFor();
  }

  /** Verb and resource of each row. */
  async calls(): Promise<{ verb: string; resource: string }[]> {
    await this.seeRows();
    const headers = await this.#page
      .getByRole('columnheader')
      .allTextContents();
    const rows = await this.#page
      .locator('tbody tr')
      .evaluateAll(elements =>
        elements.map(row =>
          Array.from(row.querySelectorAll('td'), cell => cell.innerText.trim()),
        ),
      );
    return rows.map(cells => ({
      verb: cells[headers.indexOf('Verb')],
      resource: cells[headers.indexOf('Resource')],
    }));
  }

  /** Scrolls the table to its last column. */
  async scrollToEnd(): Promise<void> {
    await this.#page
      .getByRole('region', { name: 'Requests' })
      .evaluate(scroller => {
        scroller.scrollLeft = scroller.scrollWidth;
      });
  }

  /** Where the first columns begin, in pixels of the window. */
  async columnPlaces(count: number): Promise<number[]> {
    const headers = await this.#page
      .getByRole('columnheader')
      .evaluateAll(cells =>
        cells.map(cell => cell.getBoundingClientRect().left),
      );
    return headers.slice(0, count);
  }

  /** How many match, as the page says. */
  async total(): Promise<number> {
    const text = await this.#page.getByText(/^[\d,]+ requests?$/).textContent();
    return Number(text?.replace(/\D/g, ''));
  }

  /** Chooses values in the filter, joined by OR. */
  async filterByAnyOf(values: readonly string[]): Promise<void> {
    await this.#page.getByRole('button', { name: /^Filter/ }).click();
    const filter = this.#page.getByRole('dialog');
    await filter.getByRole('radio', { name: 'OR' }).check();
    for (const value of values) {
      await filter.getByRole('checkbox', { name: value, exact: true }).check();
    }
    await filter.getByRole('button', { name: 'Apply' }).click();
    await filter.waitFor({ state: 'hidden' });
    await this.seeRows();
  }

  /** Opens a call by its link, and plays its session in place. */
  async playSessionOf(eventId: string): Promise<void> {
    await this.#page.locator(`a[href*="event=${eventId}"]`).first().click();
    const details = this.#page.getByRole('dialog', { name: /^Request \d+$/ });
    await details.getByRole('link', { name: 'Session Recording' }).click();
    await this.player
      .getByRole('button', { name: 'Play', exact: true })
      .click();
  }

  /** The player over the list. */
  get player(): Locator {
    return this.#page.getByRole('dialog', { name: 'Session Recording' });
  }

  /** Closes the player, and the details that are under it. */
  async closeSession(): Promise<void> {
    await this.player.getByRole('button', { name: 'Close' }).click();
    await this.player.waitFor({ state: 'hidden' });
    const details = this.#page.getByRole('dialog', { name: /^Request \d+$/ });
    await details.getByRole('button', { name: 'Close' }).click();
    await details.waitFor({ state: 'hidden' });
  }

  /** The bars that have calls, in words. */
  async bars(): Promise<string[]> {
    await this.#plot.waitFor();
    return this.#page
      .getByRole('list', { name: 'Calls by time and result' })
      .getByRole('listitem')
      .allTextContents();
  }

  /**
   * Drags over the histogram.
   *
   * @param first - where from, as a share of the range, from 0 to 1
   * @param last - where to
   */
  async brush(first: number, last: number): Promise<void> {
    const box = await this.#plot.boundingBox();
    if (!box) throw new Error('the histogram is not to be seen');
    const y = box.y + box.height / 2;
    await this.#page.mouse.move(box.x + first * box.width, y);
    await this.#page.mouse.down();
    await this.#page.mouse.move(box.x + last * (box.width - 1), y, {
      steps: 4,
    });
    await this.#page.mouse.up();
    await this.#page.waitForURL(/[?&]from=/);
    await this.seeRows();
  }

  /** Zooms in to the newest bars that have calls, with the keyboard alone. */
  async zoomByKeys(): Promise<void> {
    await this.pointAtNewest();
    await this.#page.keyboard.press('Enter');
    await this.#page.waitForURL(/[?&]from=/);
    await this.seeRows();
  }

  /** Points at the newest bar that has calls. */
  async pointAtNewest(): Promise<void> {
    await this.#plot.focus();
    await this.#page.keyboard.press('Shift+ArrowLeft');
  }

  async goBack(): Promise<void> {
    await this.#page.goBack();
    await this.seeRows();
  }

  async refresh(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Refresh' }).click();
    await this.seeRows();
  }

  async openExportMenu(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Export' }).click();
    await this.#page.getByRole('menuitem').first().waitFor();
  }

  /** Chooses from the open menu what is saved at once. */
  async export(format: string): Promise<Download> {
    const download = this.#page.waitForEvent('download');
    await this.#item(format).click();
    return download;
  }

  /** Chooses from the open menu what a password is asked for first. */
  async exportProtected(item: string): Promise<ExportForm> {
    await this.#item(item).click();
    const dialog = this.#page.getByRole('dialog');
    await dialog.waitFor();
    return ExportForm.create(dialog);
  }

  /** What stands between the rows. */
  gap(text: string): Locator {
    return this.#page.getByRole('row').filter({ hasText: text });
  }

  /** Opens the records that were kept aside from their notice. */
  async openDeadLetters(): Promise<Locator> {
    await this.#page.getByRole('button', { name: /kept aside$/ }).click();
    const drawer = this.#page.getByRole('dialog', {
      name: 'Records kept aside',
    });
    await drawer.getByRole('listitem').first().waitFor();
    return drawer;
  }

  get #plot(): Locator {
    return this.#page.getByRole('slider', { name: 'Calls by time' });
  }

  #item(name: string): Locator {
    return this.#page.getByRole('menuitem', { name, exact: true });
  }
}
