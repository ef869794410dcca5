import { looksLikeJson } from './annotations';
import { Place, placeAtPointer, placeBelow } from './Place';
import { REDACTED } from './redacted';
import {
  BodyResource,
  isKindKey,
  SensitiveKind,
  sensitiveKind,
  sensitiveKindOfUrl,
} from './sensitiveKinds';

type JsonObject = Record<string, unknown>;

/** What is nested deeper is not shown, in levels. */
const MAX_DEPTH = 200;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether it is an object as JSON has them: bytes and dates of YAML are not. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The sensitive kind that an object says it is. Of several spellings of the key any is enough. */
function kindOfObject(
  value: JsonObject,
  keys: readonly string[],
): SensitiveKind | undefined {
  for (const key of keys) {
    if (isKindKey(key)) {
      const kind = sensitiveKind(value[key]);
      if (kind) {
        return kind;
      }
    }
  }
  return undefined;
}

const OBJECT_FIELD = /^(?:metadata|data|stringdata|spec|status)$/iu;

/** Whether it only names an object of a kind, as the `involvedObject` of an Event does. */
const isReference = (keys: readonly string[]): boolean =>
  !keys.some(key => OBJECT_FIELD.test(key));

class Redactor {
  /** Entries that are still copied: more of them are longer than the excerpt, however short each is. */
  #left: number;
  #depth = 0;

  constructor(maxEntries: number) {
    this.#left = maxEntries;
  }

  redact(value: unknown, place: Place): unknown {
    if (value === null || value === undefined) {
      return value;
    }
    if (typeof value !== 'object') {
      return this.#redactScalar(value, place);
    }
    if (this.#depth === MAX_DEPTH) {
      return REDACTED;
    }
    // An annotation is a text; what is there instead is taken for what it repeats.
    const own: Place =
      place.at === 'annotation' ? { at: 'object', kinds: place.kinds } : place;
    this.#depth++;
    const redacted = Array.isArray(value)
      ? this.#redactArray(value, own)
      : this.#redactObject(value as JsonObject, own);
    this.#depth--;
    return redacted;
  }

  redactPatch(operations: unknown[], root: Place): unknown[] {
    return this.#copyItems(operations, operation => {
      if (
        !isObject(operation) ||
        (operation.op === undefined && operation.path === undefined) ||
        kindOfObject(operation, Object.keys(operation))
      ) {
        return this.redact(operation, root);
      }
      return this.#copyEntries(
        operation,
        Object.keys(operation),
        (field, key) => {
          if (key === 'op' || key === 'path' || key === 'from') {
            return typeof field === 'string' ? field : REDACTED;
          }
          const pointer = key === 'value' ? operation.path : undefined;
          return this.redact(field, placeAtPointer(root, pointer));
        },
      );
    });
  }

  #redactScalar(value: unknown, place: Place): unknown {
    switch (place.at) {
      case 'inside':
        return value;
      case 'object':
        return place.kinds.length > 0 ? REDACTED : value;
      case 'annotations':
      case 'annotation':
        return typeof value === 'string'
          ? this.#redactAnnotation(value, place)
          : value;
      default:
        return REDACTED;
    }
  }

  /** Some repeat the whole object as a JSON text, which may say a key twice: it is written anew. */
  #redactAnnotation(
    text: string,
    place: Place & { at: 'annotations' | 'annotation' },
  ): string {
    const { kinds } = place;
    const isJson = looksLikeJson(text);
    if (isJson) {
      try {
        return JSON.stringify(
          this.redact(JSON.parse(text), { at: 'object', kinds }),
        );
      } catch {
        // What cannot be read is not shown where it may be secret.
      }
    }
    const repeatsObject = place.at === 'annotation' && place.repeatsObject;
    return repeatsObject || (isJson && kinds.length > 0) ? REDACTED : text;
  }

  #redactArray(value: unknown[], place: Place): unknown {
    return place.at === 'object' || place.at === 'inside'
      ? this.#copyItems(value, item => this.redact(item, place))
      : REDACTED;
  }

  #redactObject(value: JsonObject, place: Place): unknown {
    if (place.at === 'hidden' || !isPlain(value)) {
      return REDACTED;
    }
    // Those of a large object are costly to list.
    const keys = Object.keys(value);
    let own = place;
    if (place.at === 'object' || place.at === 'inside') {
      const kind = kindOfObject(value, keys);
      if (kind && (place.at === 'object' || !isReference(keys))) {
        own = { at: 'object', kinds: [...new Set([...place.kinds, kind])] };
      }
    }
    return this.#copyEntries(value, keys, (field, key) =>
      this.redact(field, placeBelow(own, key)),
    );
  }

  #copyItems(items: unknown[], copy: (item: unknown) => unknown): unknown[] {
    const copies: unknown[] = [];
    for (const item of items) {
      if (this.#left-- <= 0) {
        break;
      }
      copies.push(copy(item));
    }
    return copies;
  }

  #copyEntries(
    value: JsonObject,
    keys: readonly string[],
    copy: (field: unknown, key: string) => unknown,
  ): JsonObject {
    const copies: JsonObject = {};
    for (const key of keys) {
      if (this.#left-- <= 0) {
        break;
      }
      const field = copy(value[key], key);
      if (key === '__proto__') {
        Object.defineProperty(copies, key, { value: field, enumerable: true });
      } else {
        copies[key] = field;
      }
    }
    return copies;
  }
}

/**
 * A parsed request body (object, merge or strategic patch, list, or JSON
 * patch) without what is secret in it.
 *
 * @param maxEntries - of objects and lists that are copied at the most; what comes after them is left out
 */
export function redactBody(
  body: unknown,
  resource: BodyResource,
  maxEntries: number,
): unknown {
  const kind = sensitiveKindOfUrl(resource);
  const root: Place = { at: 'object', kinds: kind ? [kind] : [] };
  const redactor = new Redactor(maxEntries);
  return Array.isArray(body)
    ? redactor.redactPatch(body, root)
    : redactor.redact(body, root);
}
