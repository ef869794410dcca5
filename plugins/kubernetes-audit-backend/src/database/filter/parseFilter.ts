import { InputError } from '@backstage/errors';
import type { FilterPredicatePrimitive } from '@backstage/filter-predicates';
import { parseInstant } from '../parseInstant';
import type { Filter, FilterTest, TimeOperator } from './Filter';
import type { FilterField, FilterFields } from './FilterField';

/** How much a filter may ask. */
export type FilterLimits = {
  /** How deep `$all`, `$any` and `$not` may nest. */
  depth: number;
  /** Comparisons, each value of an `$in` counted. */
  clauses: number;
};

const REQUEST_LIMITS: FilterLimits = { depth: 10, clauses: 200 };
/** A policy names all that a team has. */
export const POLICY_LIMITS: FilterLimits = { depth: 20, clauses: 2000 };

const TIME_OPERATORS: ReadonlySet<string> = new Set<TimeOperator>([
  '$gte',
  '$gt',
  '$lte',
  '$lt',
]);

/** The operators of each kind of field, beside equality. */
const OPERATORS: Record<FilterField['kind'], readonly string[]> = {
  text: ['$in', '$exists', '$hasPrefix'],
  list: ['$contains', '$exists'],
  uuid: ['$in', '$exists'],
  integer: ['$in', '$exists'],
  double: ['$in', '$exists'],
  boolean: ['$in', '$exists'],
  time: ['$in', '$exists', ...TIME_OPERATORS],
};

class FilterParser {
  #clauses = 0;

  constructor(
    private readonly fields: FilterFields,
    private readonly limits: FilterLimits,
  ) {}

  parse(value: unknown, depth: number): Filter {
    if (!isObject(value)) {
      throw new InputError('filter: expected an object');
    }
    if (depth > this.limits.depth) {
      throw new InputError(`filter: nested deeper than ${this.limits.depth}`);
    }
    const keys = Object.keys(value);
    const operator = keys.find(key => key.startsWith('$'));
    if (operator === undefined) {
      const tests = keys.map(key => this.#parseField(key, value[key]));
      return tests.length === 1 ? tests[0] : { type: 'all', filters: tests };
    }
    if (keys.length > 1) {
      throw new InputError(`filter: ${operator} must stand alone`);
    }
    const operand = value[operator];
    switch (operator) {
      case '$all':
      case '$any':
        if (!Array.isArray(operand)) {
          throw new InputError(`filter: ${operator} takes an array`);
        }
        return {
          type: operator === '$all' ? 'all' : 'any',
          filters: operand.map(item => this.parse(item, depth + 1)),
        };
      case '$not':
        return { type: 'not', filter: this.parse(operand, depth + 1) };
      default:
        throw new InputError(`filter: unknown operator "${operator}"`);
    }
  }

  #parseField(name: string, value: unknown): Filter {
    const field = this.fields.get(name);
    if (!field) {
      throw new InputError(`filter: unknown field "${name}"`);
    }
    return { type: 'test', field, test: this.#parseTest(name, field, value) };
  }

  #parseTest(name: string, field: FilterField, value: unknown): FilterTest {
    if (isPrimitive(value)) {
      if (field.kind === 'list') {
        throw new InputError(`filter: "${name}" is a list, use $contains`);
      }
      this.#count(1);
      return { operator: 'equals', values: [value] };
    }
    const entries = isObject(value) ? Object.entries(value) : [];
    if (entries.length === 0) {
      throw new InputError(
        `filter: "${name}" takes a value or an object with an operator`,
      );
    }
    for (const [operator] of entries) {
      if (!OPERATORS[field.kind].includes(operator)) {
        throw new InputError(
          `filter: unknown operator "${operator}" for "${name}"`,
        );
      }
    }
    this.#count(entries.length);
    if (entries.every(([operator]) => TIME_OPERATORS.has(operator))) {
      return {
        operator: 'range',
        bounds: entries.map(([operator, bound]) => ({
          operator: operator as TimeOperator,
          milliseconds: parseInstant(bound, `filter: "${name}" ${operator}`),
        })),
      };
    }
    if (entries.length > 1) {
      throw new InputError(`filter: more than one operator for "${name}"`);
    }
    const [[operator, operand]] = entries;
    return this.#parseOperator(name, operator, operand);
  }

  #parseOperator(name: string, operator: string, operand: unknown): FilterTest {
    const fail = (expected: string) =>
      new InputError(`filter: ${operator} for "${name}" takes ${expected}`);
    switch (operator) {
      case '$in':
        if (!Array.isArray(operand) || !operand.every(isPrimitive)) {
          throw fail('an array of strings, numbers and booleans');
        }
        this.#count(operand.length);
        return { operator: 'equals', values: operand };
      case '$exists':
        if (typeof operand !== 'boolean') {
          throw fail('true or false');
        }
        return { operator: 'exists', expected: operand };
      case '$hasPrefix':
        if (typeof operand !== 'string') {
          throw fail('a string');
        }
        return { operator: 'hasPrefix', prefix: operand };
      case '$contains':
        if (typeof operand !== 'string' && typeof operand !== 'number') {
          throw fail('a string');
        }
        return { operator: 'contains', item: String(operand) };
      default:
        throw new InputError(
          `filter: unknown operator "${operator}" for "${name}"`,
        );
    }
  }

  #count(clauses: number): void {
    this.#clauses += clauses;
    if (this.#clauses > this.limits.clauses) {
      throw new InputError(
        `filter: more than ${this.limits.clauses} comparisons`,
      );
    }
  }
}

/**
 * Reads a filter predicate of `@backstage/filter-predicates` over the given
 * fields, with `$gte`, `$gt`, `$lte` and `$lt` on times as an extension.
 *
 * @param value - parsed JSON
 * @throws InputError that names the unknown field or operator, or the limit that is exceeded
 */
export function parseFilter(
  value: unknown,
  fields: FilterFields,
  limits: FilterLimits = REQUEST_LIMITS,
): Filter {
  return new FilterParser(fields, limits).parse(value, 1);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPrimitive(value: unknown): value is FilterPredicatePrimitive {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
