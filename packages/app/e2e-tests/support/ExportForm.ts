import { Download, Locator } from 'playwright-core';

/** The modal that asks how a recording is to be saved. */
export class ExportForm {
  static create(dialog: Locator): ExportForm {
    return new ExportForm(dialog);
  }

  readonly #dialog: Locator;

  private constructor(dialog: Locator) {
    this.#dialog = dialog;
  }

  /** Chooses encryption where it is a choice. */
  async choosePassword(): Promise<void> {
    await this.#dialog.getByRole('checkbox').check();
  }

  async enter(password: string, repeated = password): Promise<void> {
    await this.#dialog.getByLabel('Password', { exact: true }).fill(password);
    await this.#dialog.getByLabel('Repeat the password').fill(repeated);
  }

  /** Waits until it says something. */
  async see(text: RegExp): Promise<void> {
    await this.#dialog.getByText(text).waitFor();
  }

  async submit(): Promise<void> {
    await this.#dialog.getByRole('button', { name: 'Download' }).click();
  }

  /** Submits what is entered, which must do. */
  async save(): Promise<Download> {
    const download = this.#dialog.page().waitForEvent('download');
    await this.submit();
    return download;
  }
}
