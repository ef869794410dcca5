import type { DeadLetters } from '../ingest';
import type { PersonNames } from './PersonNames';

/** Dead letters of one look into the database: each can be of 64 KiB. */
const BATCH = 100;
/** Fields of an event, wherever they stand: a dead letter need not be JSON, or the whole of it. */
const FIELDS =
  /"(userEntityRef|userName|sessionId)"\s*:\s*("(?:[^"\\]|\\.)*")/g;

type Fields = Record<'userEntityRef' | 'userName' | 'sessionId', string[]>;

/** Deletes the records kept aside that a person has caused. */
export class DeadLetterErasure {
  readonly #deadLetters: DeadLetters;

  static create(deadLetters: DeadLetters): DeadLetterErasure {
    return new DeadLetterErasure(deadLetters);
  }

  private constructor(deadLetters: DeadLetters) {
    this.#deadLetters = deadLetters;
  }

  /**
   * @param options.isHeld - whether nothing of a session may be touched
   * @param options.isOver - whether to stop before the next batch
   */
  async erase(
    person: PersonNames,
    options: {
      isHeld: (sessionId: string) => boolean;
      isOver: () => boolean;
    },
  ): Promise<{ erased: number; held: number; isComplete: boolean }> {
    let erased = 0;
    let held = 0;
    for await (const letters of this.#deadLetters.readAll(BATCH)) {
      const own = letters
        .map(({ id, record }) => ({ id, fields: fieldsOf(record) }))
        .filter(({ fields }) => isOf(person, fields));
      const free = own.filter(
        ({ fields }) => !fields.sessionId.some(options.isHeld),
      );
      await this.#deadLetters.remove(free.map(({ id }) => id));
      erased += free.length;
      held += own.length - free.length;
      if (options.isOver() && letters.length === BATCH) {
        return { erased, held, isComplete: false };
      }
    }
    return { erased, held, isComplete: true };
  }
}

function isOf(person: PersonNames, fields: Fields): boolean {
  const isOneOf = (names: ReadonlySet<string>) => (text: string) =>
    names.has(text.toLowerCase());
  return (
    fields.userEntityRef.some(isOneOf(person.userEntityRefs)) ||
    fields.userName.some(isOneOf(person.userNames))
  );
}

function fieldsOf(record: string): Fields {
  const fields: Fields = { userEntityRef: [], userName: [], sessionId: [] };
  for (const [, name, literal] of record.matchAll(FIELDS)) {
    fields[name as keyof Fields].push(textOf(literal));
  }
  return fields;
}

/** What a JSON string says. */
function textOf(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    // With an escape that JSON has not.
    return literal.slice(1, -1);
  }
}
