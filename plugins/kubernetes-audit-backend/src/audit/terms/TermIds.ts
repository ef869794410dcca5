import type { Term, TermKind } from './termKinds';

/** Tells terms apart, those without a value too. */
export function nameOf({ kind, value }: Term): string {
  return value === undefined ? kind : `${kind} ${value}`;
}

/** The ids of some terms. A batch asks for thousands, so no name is made for each. */
export class TermIds {
  readonly #ids = new Map<TermKind, Map<string | undefined, number>>();

  static create(): TermIds {
    return new TermIds();
  }

  private constructor() {}

  set({ kind, value }: Term, id: number): void {
    const ids = this.#ids.get(kind) ?? new Map<string | undefined, number>();
    this.#ids.set(kind, ids.set(value, id));
  }

  has({ kind, value }: Term): boolean {
    return this.#ids.get(kind)?.has(value) ?? false;
  }

  /** @throws Error for a term that was not asked for */
  get({ kind, value }: Term): number {
    const id = this.#ids.get(kind)?.get(value);
    if (id === undefined) {
      throw new Error(`There is no id of ${nameOf({ kind, value })}`);
    }
    return id;
  }

  all(): number[] {
    return [...this.#ids.values()].flatMap(ids => [...ids.values()]);
  }
}
