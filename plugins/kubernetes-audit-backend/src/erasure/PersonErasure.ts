import type {
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import {
  dataErasePermission,
  ErasureReport,
  Recording,
} from 'backstage-plugin-kubernetes-audit-common';
import type { BlobStore } from 'backstage-plugin-kubernetes-audit-node';
import type { KubernetesUserNames } from '../access';
import type { EventErasure, Person } from '../audit';
import type { Authorizer } from '../authorization';
import { recordingBlobs, RecordingStore } from '../recordings';
import type { AccessErasure } from './AccessErasure';
import type { DeadLetterErasure } from './DeadLetterErasure';
import { readPersonNames } from './PersonNames';

/** How long one request works, in milliseconds: a balancer may not wait longer. */
const REQUEST_MS = 20_000;
/** Recordings of one look into the database. */
const PAGE = 100;

/**
 * Erases a person: recordings, logins and dead letters go, events and
 * credentials stay under a name that means nobody. What is under a legal hold
 * stays as it is, with the events of its session.
 * It can be asked again at any time, and must be while there is more to do.
 */
export class PersonErasure {
  readonly #options: Parameters<typeof PersonErasure.create>[0];

  static create(options: {
    events: EventErasure;
    recordings: RecordingStore;
    blobs: BlobStore;
    access: AccessErasure;
    deadLetters: DeadLetterErasure;
    userNames: KubernetesUserNames;
    authorizer: Authorizer;
    /** A new name that means nobody. */
    pseudonym: () => string;
    /** Milliseconds since 1970. */
    now: () => number;
  }): PersonErasure {
    return new PersonErasure(options);
  }

  private constructor(options: Parameters<typeof PersonErasure.create>[0]) {
    this.#options = options;
  }

  /**
   * @throws NotAllowedError
   */
  async erase(
    credentials: BackstageCredentials<BackstageUserPrincipal>,
    person: Person,
  ): Promise<ErasureReport> {
    const { events, access, deadLetters, userNames } = this.#options;
    const { authorizer, pseudonym, now } = this.#options;
    await authorizer.require(credentials, dataErasePermission);
    const end = now() + REQUEST_MS;
    const isOver = () => now() >= end;
    const name = pseudonym();
    const names = await readPersonNames(person, userNames);

    const changed = await access.erase(names, name);
    const recordings = await this.#eraseRecordings(person, isOver);
    const held = new Set(recordings.heldSessions);
    const erased = await events.erase(person, {
      pseudonym: name,
      isHeld: ({ sessionId }) => sessionId !== undefined && held.has(sessionId),
      isOver,
    });
    const letters = await deadLetters.erase(names, {
      isHeld: sessionId => held.has(sessionId),
      isOver,
    });
    return {
      ...(erased.erased + changed > 0 && { pseudonym: name }),
      events: erased.erased,
      recordings: recordings.removed,
      credentials: changed,
      deadLetters: letters.erased,
      held: {
        events: erased.held,
        recordings: held.size,
        deadLetters: letters.held,
      },
      isComplete:
        erased.isComplete && recordings.isComplete && letters.isComplete,
    };
  }

  async #eraseRecordings(person: Person, isOver: () => boolean) {
    const heldSessions: string[] = [];
    let removed = 0;
    let isComplete = true;
    for await (const recording of this.#recordingsOf(person)) {
      if (recording.legalHold) {
        heldSessions.push(recording.sessionId);
      } else if (recording.status === 'recording' || isOver()) {
        // Of one that goes on, more would come.
        isComplete = false;
      } else if (await this.#remove(recording)) {
        removed++;
      } else {
        heldSessions.push(recording.sessionId);
      }
    }
    return { heldSessions, removed, isComplete };
  }

  async *#recordingsOf(person: Person): AsyncGenerator<Recording> {
    const { recordings } = this.#options;
    let cursor: string | undefined;
    do {
      const page = await recordings.list({
        filter: person,
        limit: PAGE,
        cursor,
      });
      yield* page.items;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }

  /**
   * @returns false when a legal hold was placed meanwhile
   */
  async #remove({ id }: Recording): Promise<boolean> {
    const { recordings, blobs, now } = this.#options;
    if (!(await recordings.beginRemoval(id, new Date(now())))) {
      return false;
    }
    await blobs.delete(recordingBlobs(id));
    await recordings.remove(id);
    return true;
  }
}
