import type { Term } from './termKinds';

/** Tells terms apart, those without a value too. */
export function nameOf({ kind, value }: Term): string {
  return value === undefined ? kind : `${kind} ${value}`;
}

/** The ids of some terms. */
export class TermIds {
  readonly #ids = new Map<string, number>();

  static create(): TermIds {
    return new TermIds();
  }

  private constructor() {}

  set(term: Term, id: number): void {
    this.#ids.set(nameOf(term), id);
  }

  has(term: Term): boolean {
    return this.#ids.has(nameOf(term));
  }

  /** @throws Error for a term that was not asked for */
  get(term: Term): number {
    const id = this.#ids.get(nameOf(term));
    if (id === undefined) {
      throw new Error(`There is no id of ${nameOf(term)}`);
    }
    return id;
  }

  all(): number[] {
    return [...this.#ids.values()];
  }
}
