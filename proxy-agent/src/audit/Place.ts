import { carriesCredential, repeatsObject } from './annotations';
import { COMMON_FIELDS, SensitiveKind, SHOWN_FIELDS } from './sensitiveKinds';

type Kinds = readonly SensitiveKind[];

/**
 * Where in a body a value stands, which decides what of it is shown. `kinds`
 * are those of the object around it, by the URL and by what it says it is.
 */
export type Place =
  /** An API object, or a list of such. */
  | { at: 'object'; kinds: Kinds }
  /** In a field that is shown. */
  | { at: 'inside'; kinds: Kinds }
  | { at: 'annotations'; kinds: Kinds }
  | { at: 'annotation'; kinds: Kinds; repeatsObject: boolean }
  /** An object of which only some fields are shown. */
  | { at: 'partly'; kinds: Kinds; shown: readonly string[] }
  /** An object whose keys are shown, and none of its values. */
  | { at: 'names' }
  | { at: 'hidden' };

const INSIDE: Place = { at: 'inside', kinds: [] };
const NAMES: Place = { at: 'names' };
const HIDDEN: Place = { at: 'hidden' };

/** Only Secrets have it, and templates of them that name no kind. */
const STRING_DATA = 'stringData';
const STRING_DATA_PATTERN = /^stringdata$/iu;
const LAST_APPLIED = 'last-applied-configuration';

// Most keys are told apart by their length, which costs less than a pattern.
const isStringData = (key: string) =>
  key.length === STRING_DATA.length && STRING_DATA_PATTERN.test(key);

function belowInside(
  place: Place & { at: 'object' | 'inside' },
  key: string,
): Place {
  if (key === 'annotations') {
    return { at: 'annotations', kinds: place.kinds };
  }
  if (isStringData(key)) {
    return NAMES;
  }
  if (key.endsWith(LAST_APPLIED)) {
    return { at: 'annotation', kinds: place.kinds, repeatsObject: true };
  }
  if (place.at === 'inside') {
    return place;
  }
  return place.kinds.length === 0
    ? INSIDE
    : { at: 'inside', kinds: place.kinds };
}

function belowSensitive(
  place: Place & { at: 'object' },
  [kind, ...others]: Kinds,
  key: string,
): Place {
  if (COMMON_FIELDS.has(key)) {
    return belowInside(place, key);
  }
  const fields = SHOWN_FIELDS[kind];
  // What two kinds at once would show is anybody's guess.
  if (others.length > 0 || !Object.hasOwn(fields, key)) {
    return NAMES;
  }
  const shown = fields[key];
  return shown === true
    ? belowInside(place, key)
    : { at: 'partly', kinds: place.kinds, shown };
}

/** Where the value of a key stands. */
export function placeBelow(place: Place, key: string): Place {
  switch (place.at) {
    case 'object':
      if (key === 'items') {
        return place;
      }
      return place.kinds.length > 0
        ? belowSensitive(place, place.kinds, key)
        : belowInside(place, key);
    case 'inside':
      return belowInside(place, key);
    case 'annotations':
      return carriesCredential(key)
        ? HIDDEN
        : {
            at: 'annotation',
            kinds: place.kinds,
            repeatsObject: repeatsObject(key),
          };
    case 'partly':
      return place.shown.includes(key)
        ? { at: 'inside', kinds: place.kinds }
        : NAMES;
    default:
      return HIDDEN;
  }
}

/** Where the target of a JSON patch's `path` (RFC 6901) stands. */
export function placeAtPointer(root: Place, pointer: unknown): Place {
  if (typeof pointer !== 'string' || !/^(?:\/|$)/.test(pointer)) {
    return HIDDEN;
  }
  return pointer
    .split('/')
    .slice(1)
    .map(segment => segment.replace(/~1/g, '/').replace(/~0/g, '~'))
    .reduce(placeBelow, root);
}
