/** Work that is under way and ends in the order in which it was begun. */
export class Backlog {
  readonly #limit: number;
  /** The oldest first. */
  readonly #pieces: Promise<void>[] = [];

  /** @param limit - so many pieces may be under way before it is full */
  static create(limit: number): Backlog {
    return new Backlog(limit);
  }

  private constructor(limit: number) {
    this.#limit = limit;
  }

  /** @param piece - may fail: that is for others to notice */
  add(piece: Promise<unknown>): void {
    const ended = () => {
      this.#pieces.shift();
    };
    this.#pieces.push(piece.then(ended, ended));
  }

  get isFull(): boolean {
    return this.#pieces.length > this.#limit;
  }

  /** Resolves when the oldest piece has ended. */
  get relieved(): Promise<void> {
    return this.#pieces[0] ?? Promise.resolve();
  }

  /** Resolves when all has ended that is under way now. */
  async ended(): Promise<void> {
    await Promise.all(this.#pieces);
  }
}
