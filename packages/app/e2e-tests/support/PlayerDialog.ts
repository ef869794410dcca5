import assert from 'node:assert/strict';
import { Download, Locator, Page } from 'playwright-core';
import { eventually } from './eventually';
import { ExportForm } from './ExportForm';

/** The player of a recording, in a browser. */
export class PlayerDialog {
  /** Opens a recording by its link. */
  static async open(
    page: Page,
    url: string,
    recordingId: string,
  ): Promise<PlayerDialog> {
    await page.goto(
      `${url}/admin/audit/kubernetes/recordings?recording=${recordingId}`,
    );
    const player = new PlayerDialog(page);
    await player.#button('Play').waitFor();
    return player;
  }

  /** Opens the recording of a session that goes on. */
  static async watch(
    page: Page,
    url: string,
    recordingId: string,
  ): Promise<PlayerDialog> {
    await page.goto(
      `${url}/admin/audit/kubernetes/recordings?recording=${recordingId}`,
    );
    const player = new PlayerDialog(page);
    await player.#live().waitFor();
    return player;
  }

  readonly #page: Page;
  readonly #dialog: Locator;

  private constructor(page: Page) {
    this.#page = page;
    this.#dialog = page.getByRole('dialog', { name: 'Session Recording' });
  }

  async play(speed: string): Promise<void> {
    await this.#dialog.getByLabel('Speed').selectOption(speed);
    await this.#button('Play').click();
  }

  /**
   * Clicks on the timeline.
   *
   * @param share - of the recording, from 0 to 1
   */
  async seek(share: number): Promise<void> {
    const box = await this.#dialog.getByLabel('Timeline').boundingBox();
    if (!box) throw new Error('the timeline is not to be seen');
    await this.#page.mouse.click(
      // The last pixel of the timeline is still in it.
      box.x + share * (box.width - 1),
      box.y + box.height / 2,
    );
    // The timeline's hint covers the terminal no longer.
    await this.#page.mouse.move(0, 0);
  }

  /**
   * Waits until the terminal shows one text and, as the picture of a moment
   * before may still be there, another one not. Ends with its lines.
   */
  async see(pattern: RegExp, absent?: RegExp): Promise<string> {
    const rows = this.#dialog
      .getByRole('group', { name: 'Replay of the terminal' })
      .locator('.xterm-rows > div');
    return eventually(async () => {
      const lines = (await rows.allTextContents()).join('\n');
      assert.match(lines, pattern);
      if (absent) assert.doesNotMatch(lines, absent);
      return lines;
    });
  }

  /** Waits until the controls name the terminal's size: columns × rows. */
  async seeSize(size: string): Promise<void> {
    await this.#dialog.getByText(size, { exact: true }).waitFor();
  }

  /** Waits until something that the dialog says matches. */
  async seeMessage(pattern: RegExp): Promise<void> {
    await this.#dialog.getByText(pattern).waitFor();
  }

  /** Waits until the timeline has a marker of that text. */
  async seeMarker(text: string): Promise<void> {
    await this.#dialog
      .getByTitle(text, { exact: true })
      .waitFor({ state: 'attached' });
  }

  /** Waits until the session is not shown as one that goes on any more. */
  async seeEndOfSession(): Promise<void> {
    await this.#live().waitFor({ state: 'hidden' });
  }

  /** Waits until the replay has come to the recording's end. */
  async seeEnd(): Promise<void> {
    await this.#button('Play').waitFor();
  }

  async openTranscript(line: RegExp): Promise<void> {
    await this.#button('Transcript').click();
    await this.#dialog
      .getByRole('region', { name: 'Transcript' })
      .getByText(line)
      .first()
      .waitFor();
  }

  /** Saves the recording at once. */
  async download(): Promise<Download> {
    const download = this.#page.waitForEvent('download');
    await this.#button('Download').click();
    return download;
  }

  /** The button *Download* where it asks for a password first. */
  async downloadProtected(): Promise<ExportForm> {
    await this.#button('Download').click();
    return this.#exportForm('Protect the file with a password');
  }

  async chooseDownload(): Promise<ExportForm> {
    await this.#button('Download options').click();
    return this.#exportForm('Download the recording');
  }

  async #exportForm(name: string): Promise<ExportForm> {
    const dialog = this.#page.getByRole('dialog', { name, exact: true });
    await dialog.waitFor();
    return ExportForm.create(dialog);
  }

  #live(): Locator {
    return this.#dialog.getByText('Live', { exact: true });
  }

  #button(name: string): Locator {
    return this.#dialog.getByRole('button', { name, exact: true });
  }
}
