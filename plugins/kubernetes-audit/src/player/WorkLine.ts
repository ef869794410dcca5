/** What is done; it ends soon after the signal says so. */
export type Work = (signal: AbortSignal) => Promise<void>;

/** Does one thing after the other; a new one can take the place of all that was to be done. */
export class WorkLine {
  readonly #onError: (error: Error) => void;
  #current = new AbortController();
  #done: Promise<void> = Promise.resolve();

  /** @param onError - does not hear of work that was replaced */
  static create(onError: (error: Error) => void): WorkLine {
    return new WorkLine(onError);
  }

  private constructor(onError: (error: Error) => void) {
    this.#onError = onError;
  }

  /** Does it after all that is to be done. Resolves when it has been done, has failed or was replaced. */
  add(work: Work): Promise<void> {
    const { signal } = this.#current;
    this.#done = this.#done
      .then(() => (signal.aborted ? undefined : work(signal)))
      .catch(error => {
        if (!signal.aborted) {
          this.#onError(error);
        }
      });
    return this.#done;
  }

  /** Does it instead of all that is to be done: what goes on ends first. */
  replace(work: Work): Promise<void> {
    this.end();
    this.#current = new AbortController();
    return this.add(work);
  }

  /** Does no more. */
  end(): void {
    this.#current.abort();
  }
}
