import type { FilterPredicate } from '@backstage/filter-predicates';
import type { Knex } from 'knex';
import type { StoredRequestAuditEvent } from 'backstage-plugin-kubernetes-audit-common';
import { foldText } from '../database';
import type { AuditStore, AuditWriter } from './AuditStore';
import type { TermDictionary, UserIdentities } from './terms';

/** Events of one transaction: no batch of a proxy waits longer for it than for another batch. */
const BATCH = 200;
/** Stands in the place of what every event has to have. */
const ERASED = 'erased';

/** Whose data goes: one of both. */
export type Person = { userEntityRef: string } | { userName: string };

export type ErasedEvents = {
  erased: number;
  /** Events that stay as they are. */
  held: number;
  /** False when there was no time for all of them: ask again. */
  isComplete: boolean;
};

/**
 * Takes a person out of the events that it has caused. What was called, when,
 * where and how it ended stays, under a name that means nobody.
 */
export class EventErasure {
  readonly #options: Parameters<typeof EventErasure.create>[0];

  static create(options: {
    knex: Knex;
    store: AuditStore;
    writer: AuditWriter;
    terms: TermDictionary;
    users: UserIdentities;
  }): EventErasure {
    return new EventErasure(options);
  }

  private constructor(options: Parameters<typeof EventErasure.create>[0]) {
    this.#options = options;
  }

  /**
   * @param options.pseudonym - the name that the events have then
   * @param options.isHeld - whether an event must not be touched
   * @param options.isOver - whether to stop before the next batch
   */
  async erase(
    person: Person,
    options: {
      pseudonym: string;
      isHeld: (event: StoredRequestAuditEvent) => boolean;
      isOver: () => boolean;
    },
  ): Promise<ErasedEvents> {
    const { knex, store, writer } = this.#options;
    const filter: FilterPredicate = person;
    const userIds = await this.#userIdsOf(person);
    const result: ErasedEvents = { erased: 0, held: 0, isComplete: true };
    const batches = store.export({ filter }, { order: 'asc', batch: BATCH });
    for await (const events of batches) {
      const free = events.filter(event => !options.isHeld(event));
      await knex.transaction(transaction =>
        writer.rewrite(
          transaction,
          free.map(event => withoutPerson(event, options.pseudonym)),
        ),
      );
      result.erased += free.length;
      result.held += events.length - free.length;
      if (options.isOver() && events.length === BATCH) {
        return { ...result, isComplete: false };
      }
    }
    await this.#forget(userIds);
    return result;
  }

  async #userIdsOf(person: Person): Promise<number[]> {
    const { knex, terms, users } = this.#options;
    return 'userName' in person
      ? terms.find(knex, 'user', [foldText(person.userName)])
      : users.find(knex, 'user_entity_ref', [foldText(person.userEntityRef)]);
  }

  /** The names of users without events are no more in the dictionary. */
  async #forget(userIds: number[]): Promise<void> {
    const { knex, terms, users } = this.#options;
    if (userIds.length > 0) {
      await knex.transaction(async transaction => {
        const forgotten = await terms.forget(transaction, userIds);
        await users.forget(transaction, forgotten);
      });
    }
  }
}

function withoutPerson(
  event: StoredRequestAuditEvent,
  pseudonym: string,
): StoredRequestAuditEvent {
  const { userEmail, userEntityRef, requestBody, ...rest } = event;
  const names = [userEmail, userEntityRef, event.userName].flatMap(
    name => name || [],
  );
  const erase = (text: string) =>
    names.reduce(
      (erased, name) => erased.replace(wholeWord(name), pseudonym),
      text,
    );
  return {
    ...rest,
    userName: pseudonym,
    clientIp: ERASED,
    message: erase(event.message),
    requestUri: erase(event.requestUri),
    ...(event.impersonatedUser !== undefined && {
      impersonatedUser: erase(event.impersonatedUser),
    }),
  };
}

function wholeWord(name: string): RegExp {
  const literal = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(
    `(?<![\\p{L}\\p{N}_-])${literal}(?![\\p{L}\\p{N}_-])`,
    'giu',
  );
}
