import type { Knex } from 'knex';
import { LRUCache } from 'lru-cache';
import { createHash } from 'node:crypto';
import { LIKE_ESCAPE, likePattern } from '../../database';
import type { Term, TermKind } from './termKinds';

/** Ids that are kept in memory: terms never change, so none of them grows stale. */
const MAX_CACHED = 50_000;
/** Terms of one query. */
const TERMS_PER_QUERY = 200;
/** Stands in the place of a digest for events without a value. */
const ABSENT = 'absent';

type TermRow = { id: number; kind: TermKind; digest: string; value: string };

/**
 * The values that many events share, and their ids. A value is found by a
 * digest, since it may be longer than an index takes.
 */
export class TermDictionary {
  readonly #cache = new LRUCache<string, number>({ max: MAX_CACHED });

  static create(): TermDictionary {
    return new TermDictionary();
  }

  private constructor() {}

  /**
   * The ids of terms, which are made where there are none. Sorted, so that two
   * replicas that make the same ones wait for each other in one order.
   */
  async ensure(
    transaction: Knex.Transaction,
    terms: readonly Term[],
  ): Promise<TermIds> {
    const ids = new TermIds();
    const missing = this.#takeCached(terms, ids);
    if (missing.length === 0) {
      return ids;
    }
    for (const found of await this.#select(transaction, missing)) {
      ids.set(found);
      this.#cache.set(keyOf(found.kind, found.digest), found.id);
    }
    const added = missing
      .filter(({ kind, digest }) => !ids.has(kind, digest))
      .sort((a, b) =>
        keyOf(a.kind, a.digest) < keyOf(b.kind, b.digest) ? -1 : 1,
      );
    for (const rows of batchesOf(added)) {
      await transaction('event_terms')
        .insert(rows)
        .onConflict(['kind', 'digest'])
        .ignore();
    }
    // Not into the cache yet: the transaction may be rolled back.
    (await this.#select(transaction, added)).forEach(row => ids.set(row));
    return ids;
  }

  /** The ids of those of the values that are in the dictionary. */
  async find(
    knex: Knex,
    kind: TermKind,
    values: readonly (string | undefined)[],
  ): Promise<number[]> {
    const terms = values.map(value => ({ kind, value }));
    const ids = new TermIds();
    const missing = this.#takeCached(terms, ids);
    (await this.#select(knex, missing)).forEach(row => ids.set(row));
    return ids.all();
  }

  /** The ids of the values that begin with the text, which is folded. */
  async findPrefix(knex: Knex, kind: TermKind, prefix: string) {
    return this.#findLike(knex, kind, `${likePattern(prefix)}%`);
  }

  /** The ids of the values with the text in them, which is folded. */
  async findContaining(knex: Knex, kind: TermKind, text: string) {
    return this.#findLike(knex, kind, `%${likePattern(text)}%`);
  }

  async #findLike(
    knex: Knex,
    kind: TermKind,
    pattern: string,
  ): Promise<number[]> {
    const rows = await knex<TermRow>('event_terms')
      .where({ kind })
      .whereNot('digest', ABSENT)
      .whereRaw(`value like ? escape '${LIKE_ESCAPE}'`, [pattern])
      .select('id');
    return rows.map(({ id }) => id);
  }

  #takeCached(terms: readonly Term[], ids: TermIds): Omit<TermRow, 'id'>[] {
    const missing = new Map<string, Omit<TermRow, 'id'>>();
    const seen = new Set<string>();
    for (const { kind, value } of terms) {
      const name = value === undefined ? kind : `${kind} ${value}`;
      if (!seen.has(name)) {
        seen.add(name);
        const digest = digestOf(value);
        const key = keyOf(kind, digest);
        const id = this.#cache.get(key);
        if (id !== undefined) {
          ids.set({ id, kind, digest });
        } else {
          missing.set(key, { kind, digest, value: value ?? '' });
        }
      }
    }
    return [...missing.values()];
  }

  async #select(
    knex: Knex,
    terms: readonly Omit<TermRow, 'id'>[],
  ): Promise<TermRow[]> {
    const found: TermRow[] = [];
    for (const batch of batchesOf(terms)) {
      found.push(
        ...(await knex<TermRow>('event_terms').whereIn(
          ['kind', 'digest'],
          batch.map(({ kind, digest }) => [kind, digest]),
        )),
      );
    }
    return found;
  }
}

/** Ids by kind and value. */
export class TermIds {
  readonly #ids = new Map<string, number>();

  set({ id, kind, digest }: { id: number; kind: TermKind; digest: string }) {
    this.#ids.set(keyOf(kind, digest), id);
  }

  has(kind: TermKind, digest: string): boolean {
    return this.#ids.has(keyOf(kind, digest));
  }

  /** @throws Error for a term that was not asked for */
  get({ kind, value }: Term): number {
    const id = this.#ids.get(keyOf(kind, digestOf(value)));
    if (id === undefined) {
      throw new Error(`There is no id of the ${kind} ${value}`);
    }
    return id;
  }

  all(): number[] {
    return [...this.#ids.values()];
  }
}

const keyOf = (kind: TermKind, digest: string) => `${kind} ${digest}`;

const digests = new LRUCache<string, string>({ max: MAX_CACHED });

function digestOf(value: string | undefined): string {
  if (value === undefined) {
    return ABSENT;
  }
  let digest = digests.get(value);
  if (digest === undefined) {
    digest = createHash('sha256').update(value).digest('base64url');
    digests.set(value, digest);
  }
  return digest;
}

function* batchesOf<T>(items: readonly T[]): Generator<T[]> {
  for (let i = 0; i < items.length; i += TERMS_PER_QUERY) {
    yield items.slice(i, i + TERMS_PER_QUERY);
  }
}
