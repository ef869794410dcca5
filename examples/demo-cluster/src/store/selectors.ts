import { StatusError } from '../api/StatusError';
import { Json, isJsonObject, objectAt } from '../json';
import { KubernetesObject } from './KubernetesObject';

export type Predicate = (object: KubernetesObject) => boolean;

const SET_TERM = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/;
const EQUALITY_TERM = /^([^=!\s]+)\s*(==|=|!=)\s*(\S*)$/;
const EXISTENCE_TERM = /^(!?)\s*([^=!\s(),]+)$/;

/** `labelSelector` and `fieldSelector` as one test. Throws a 400. */
export function parseSelectors(query: URLSearchParams): Predicate {
  const labels = terms(query.get('labelSelector')).map(labelTerm);
  const fields = terms(query.get('fieldSelector')).map(fieldTerm);
  const all = [...labels, ...fields];
  return object => all.every(matches => matches(object));
}

/** Splits at commas outside parentheses. */
function terms(selector: string | null): string[] {
  return (selector ?? '')
    .split(/,(?![^(]*\))/)
    .map(term => term.trim())
    .filter(Boolean);
}

function labelTerm(term: string): Predicate {
  const label = (object: KubernetesObject, key: string) =>
    objectAt(object, 'metadata', 'labels')[key];
  const set = SET_TERM.exec(term);
  if (set) {
    const [, key, operator, list] = set;
    const values: (Json | undefined)[] = list.split(',').map(v => v.trim());
    return object =>
      values.includes(label(object, key)) === (operator === 'in');
  }
  const equality = EQUALITY_TERM.exec(term);
  if (equality) {
    const [, key, operator, value] = equality;
    return object => (label(object, key) === value) === (operator !== '!=');
  }
  const existence = EXISTENCE_TERM.exec(term);
  if (existence) {
    const [, not, key] = existence;
    return object => (label(object, key) === undefined) === (not === '!');
  }
  throw StatusError.badRequest(`unable to parse requirement: ${term}`);
}

/** Any field will do; the API server knows fewer. */
function fieldTerm(term: string): Predicate {
  const [, path, operator, value] = EQUALITY_TERM.exec(term) ?? [];
  if (!path) {
    throw StatusError.badRequest(`invalid field selector: ${term}`);
  }
  return object => {
    let found: Json | undefined = object;
    for (const key of path.split('.')) {
      found = isJsonObject(found) ? found[key] : undefined;
    }
    return (String(found ?? '') === value) === (operator !== '!=');
  };
}
