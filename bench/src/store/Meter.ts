/** Rows in a second, over several runs. */
export class Meter {
  #rows = 0;
  #seconds = 0;

  async run(rows: number, work: () => Promise<void>): Promise<void> {
    const startedAt = performance.now();
    await work();
    this.#rows += rows;
    this.#seconds += (performance.now() - startedAt) / 1000;
  }

  rate(): number {
    return this.#rows / this.#seconds;
  }
}
