import type { Knex } from 'knex';
import { LRUCache } from 'lru-cache';
import { LIKE_ESCAPE, likePattern } from '../../database';
import { digestOf } from './digestOf';
import { nameOf, TermIds } from './TermIds';
import type { Term, TermKind } from './termKinds';

/** Ids that are kept in memory. */
const MAX_CACHED = 50_000;
const GENERATION_TABLE = 'event_term_generation';
/** Terms of one query. */
const TERMS_PER_QUERY = 200;
/** Stands in the place of a digest for events without a value. */
const ABSENT = 'absent';

/** A term that is not in memory. */
type MissingTerm = { name: string; term: Term; digest: string };

type TermRow = { id: number; kind: TermKind; digest: string; value: string };

/**
 * The values that many events share, and their ids. A value is found by a
 * digest, since it may be longer than an index takes.
 */
export class TermDictionary {
  readonly #cache = new LRUCache<string, number>({ max: MAX_CACHED });
  /** Of which the cache is. */
  #generation: number | undefined;

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
    await this.#holdGeneration(transaction);
    const ids = TermIds.create();
    const missing = this.#takeCached(terms, ids);
    for (const { id, name, term } of await this.#select(transaction, missing)) {
      ids.set(term, id);
      this.#cache.set(name, id);
    }
    const added = missing
      .filter(({ term }) => !ids.has(term))
      .sort((a, b) => (a.digest < b.digest ? -1 : 1));
    for (const batch of batchesOf(added)) {
      await transaction('event_terms')
        .insert(
          batch.map(({ term: { kind, value = '' }, digest }) => ({
            kind,
            digest,
            value,
          })),
        )
        .onConflict(['kind', 'digest'])
        .ignore();
    }
    // Not into the cache yet: the transaction may be rolled back.
    for (const { id, term } of await this.#select(transaction, added)) {
      ids.set(term, id);
    }
    return ids;
  }

  /**
   * Takes terms away that no event has any more.
   *
   * @returns the ids of those that are gone
   */
  async forget(
    transaction: Knex.Transaction,
    ids: readonly number[],
  ): Promise<number[]> {
    // Waits for the batches under way, which may have these terms; those to come wait.
    await transaction(GENERATION_TABLE).increment('generation', 1);
    const counts: { term_id: number; n: number | string }[] = await transaction(
      'event_counts',
    )
      .whereIn('term_id', ids)
      .select('term_id')
      .sum({ n: 'n' })
      .groupBy('term_id');
    const kept = new Set(
      counts.flatMap(({ term_id, n }) => (Number(n) > 0 ? term_id : [])),
    );
    const forgotten = ids.filter(id => !kept.has(id));
    await transaction('event_terms').whereIn('id', forgotten).delete();
    return forgotten;
  }

  /** The ids of those of the values that are in the dictionary. */
  async find(
    knex: Knex,
    kind: TermKind,
    values: readonly (string | undefined)[],
  ): Promise<number[]> {
    const ids = TermIds.create();
    const missing = this.#takeCached(
      values.map(value => ({ kind, value })),
      ids,
    );
    for (const { id, term } of await this.#select(knex, missing)) {
      ids.set(term, id);
    }
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

  /** No term is forgotten before the end of the transaction; what is in memory of those that were is cleared. */
  async #holdGeneration(transaction: Knex.Transaction): Promise<void> {
    const [{ generation }] = await transaction(GENERATION_TABLE)
      .forShare()
      .select('generation');
    if (Number(generation) !== this.#generation) {
      this.#generation = Number(generation);
      this.#cache.clear();
    }
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

  #takeCached(terms: readonly Term[], ids: TermIds): MissingTerm[] {
    const missing = new Map<string, MissingTerm>();
    for (const term of terms) {
      if (ids.has(term)) {
        continue;
      }
      const name = nameOf(term);
      if (!missing.has(name)) {
        const id = this.#cache.get(name);
        if (id === undefined) {
          const digest =
            term.value === undefined ? ABSENT : digestOf(term.value);
          missing.set(name, { name, term, digest });
        } else {
          ids.set(term, id);
        }
      }
    }
    return [...missing.values()];
  }

  async #select(
    knex: Knex,
    terms: readonly MissingTerm[],
  ): Promise<(MissingTerm & { id: number })[]> {
    const found: (MissingTerm & { id: number })[] = [];
    for (const [kind, ofKind] of byKind(terms)) {
      for (const batch of batchesOf(ofKind)) {
        // Pairs of kind and digest would take PostgreSQL longer to plan than to find.
        const rows = await knex<TermRow>('event_terms')
          .where({ kind })
          .whereIn(
            'digest',
            batch.map(({ digest }) => digest),
          )
          .select('id', 'digest');
        const ids = new Map(rows.map(({ id, digest }) => [digest, id]));
        for (const missing of batch) {
          const id = ids.get(missing.digest);
          if (id !== undefined) {
            found.push({ ...missing, id });
          }
        }
      }
    }
    return found;
  }
}

function byKind(terms: readonly MissingTerm[]): Map<TermKind, MissingTerm[]> {
  const kinds = new Map<TermKind, MissingTerm[]>();
  for (const missing of terms) {
    const { kind } = missing.term;
    const ofKind = kinds.get(kind) ?? [];
    kinds.set(kind, ofKind);
    ofKind.push(missing);
  }
  return kinds;
}

function* batchesOf<T>(items: readonly T[]): Generator<T[]> {
  for (let i = 0; i < items.length; i += TERMS_PER_QUERY) {
    yield items.slice(i, i + TERMS_PER_QUERY);
  }
}
